"""What one person does in the page: be somebody, go somewhere, type, press, fill in, look."""

import re

from playwright.sync_api import Page

_CAME = """([text, after]) => [...document.querySelectorAll("#log article")].some((one) =>
  Number(one.dataset.key) > after && one.textContent.replace(/\\s+/g, " ").includes(text))"""


class Hands:
    """Hands on one page. What is `seen` is new since the last thing that was done."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.log = page.locator("#log")
        self.form = page.locator("#form-dialog")
        self._after = 0

    def be(self, first: str) -> None:
        """Change who one is."""
        cast = self.page.get_by_role("navigation", name="Who you are being")
        cast.get_by_role("button", name=first).click()
        cast.get_by_role("button", name=first, pressed=True).wait_for()
        self.page.get_by_role("heading", name="Critical Friend", level=2).wait_for()
        self._after = 0

    def go(self, title: str) -> None:
        """Enter a place."""
        self.page.locator("#place-list").get_by_role("button", name=re.compile(title)).click()
        self.page.get_by_role("heading", name=re.compile(title), level=2).wait_for()

    def say(self, text: str) -> None:
        """Type a message and send it."""
        self._mark()
        self.page.locator("#message").fill(text)
        self.page.keyboard.press("Enter")

    def press(self, label: str) -> None:
        """Press the newest button with this label."""
        self._mark()
        self.button(label).click()

    def button(self, label: str):
        """The newest button with this label."""
        found = self.log.get_by_role("button", name=label, exact=True).last
        found.wait_for()
        return found

    def fill(self, title: str, send: str, fields: dict[str, str]) -> None:
        """Fill in the open form and send it. Labels, and choices in a list, are named as they begin."""
        self._mark()
        self.form.get_by_role("heading", name=title).wait_for()
        for label, value in fields.items():
            self._field(re.compile(f"^{re.escape(label)}"), value)
        self.form.get_by_role("button", name=send, exact=True).click()

    def _field(self, label: re.Pattern[str], value: str) -> None:
        choices = self.form.get_by_role("radiogroup", name=label).or_(
            self.form.get_by_role("group", name=label)
        )
        if choices.count():
            choices.get_by_label(value, exact=True).check()
            return
        found = self.form.get_by_label(label)
        if found.evaluate("(one) => one.tagName") == "SELECT":
            beginning = found.locator("option", has_text=re.compile(f"^{re.escape(value)}")).first
            found.select_option(beginning.get_attribute("value"))
        else:
            found.fill(value)

    def sees(self, text: str) -> None:
        """Wait for something new with this text in it."""
        try:
            self.page.wait_for_function(_CAME, arg=[text, self._after])
        except Exception as late:
            raise AssertionError(f"not seen: {text!r}, but: {self.log.inner_text()[-1500:]}") from late

    def newest(self) -> str:
        """The newest message as one reads it."""
        return self.log.locator("article").last.inner_text()

    def _mark(self) -> None:
        keys = self.log.locator("article").evaluate_all("(all) => all.map((one) => Number(one.dataset.key))")
        self._after = max([0, *keys])
