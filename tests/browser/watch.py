"""Everything that pages hold and receive, and for whom: some must never get some words."""

import json
from collections import defaultdict
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Response

EVERYBODY = "everybody"


class Watch:
    """Watches pages below their own scripts, where the browser takes in what the network brings.

    What was asked for without naming a person counts as received by everybody.
    """

    def __init__(self) -> None:
        self._pages: list[Page] = []
        self._secrets: defaultdict[str, set[str]] = defaultdict(set)
        self._received: list[tuple[str, str]] = []
        self._unread: list[Response] = []
        self.had: defaultdict[str, str] = defaultdict(str)

    def over(self, page: Page) -> None:
        """Watch a page from now on; leave it and come again, so that nothing came before."""
        address = page.url
        page.goto("about:blank")
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        whose: dict[str, str] = {}
        line.on(
            "Network.requestWillBeSent", lambda told: whose.update({told["requestId"]: _for(told["request"])})
        )
        line.on(
            "Network.eventSourceMessageReceived",
            lambda told: self._received.append((whose.get(told["requestId"], EVERYBODY), told["data"])),
        )
        page.on("response", self._keep_response)
        self._pages.append(page)
        page.goto(address)
        page.locator("#place-list li").first.wait_for(state="attached")

    def keep_from(self, people: list[str], *words: str) -> None:
        """From now on these people must not get these words."""
        for person in people:
            self._secrets[person].update(words)

    def release(self, person: str, *words: str) -> None:
        """From now on this person may get these words."""
        self.look()
        self._secrets[person].difference_update(words)

    def look(self) -> None:
        """Fail if any of them got a word that is kept from them, on the page or underneath it."""
        self._read_responses()
        received, self._received = self._received, []
        for person, text in received:
            self.had[person] += text
            self._check(person, text, "received")
        for page in self._pages:
            self._check(page.evaluate("location.hash.slice(1)"), page.content(), "holds in the page")

    def _keep_response(self, response: Response) -> None:
        """Its body can be read only later, when the page is not being waited for."""
        self._unread.append(response)

    def _read_responses(self) -> None:
        unread, self._unread = self._unread, []
        for response in unread:
            if "json" in response.headers.get("content-type", ""):
                request = response.request
                whose = _for({"url": request.url, "postData": request.post_data or ""})
                self._received.append((whose, response.text()))

    def _check(self, person: str, text: str, how: str) -> None:
        kept = set().union(*self._secrets.values()) if person == EVERYBODY else self._secrets[person]
        for words in kept:
            at = text.find(words)
            assert at < 0, f"{person} {how}: …{text[max(0, at - 120) : at + 120]}…"


def _for(request: dict) -> str:
    """Whom a request speaks for."""
    asked = parse_qs(urlsplit(request["url"]).query).get("as")
    if asked:
        return asked[0]
    try:
        return json.loads(request.get("postData") or "{}").get("as", EVERYBODY)
    except ValueError:
        return EVERYBODY
