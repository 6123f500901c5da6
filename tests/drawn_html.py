"""What a browser and a screen reader need, checked on HTML that was drawn."""

from html.parser import HTMLParser

_VOID = {"br", "hr", "input"}
_TAGS = {
    *_VOID, "a", "bdi", "blockquote", "button", "code", "div", "em", "fieldset", "form", "h3", "h4", "label",
    "legend", "li", "ol", "option", "p", "select", "strong", "table", "tbody", "td", "textarea", "th",
    "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "aria-describedby", "aria-invalid", "aria-labelledby", "autocomplete", "checked", "class", "data-button",
    "dir", "for", "href", "id", "inputmode", "list", "name", "novalidate", "rel", "required", "role", "rows",
    "scope", "selected", "type", "value",
}  # fmt: skip


class Page(HTMLParser):
    """HTML as a browser reads it: its elements in order, and the text in each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.inside: list[str] = []
        self.feed(html)
        self.close()
        assert self.inside == []

    def handle_starttag(self, tag, attrs):
        assert tag in _TAGS
        assert {name for name, _ in attrs} <= _ATTRIBUTES
        assert len(attrs) == len(dict(attrs))
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "br":
            self.texts.append("\n")
        if tag not in _VOID:
            self.inside.append(tag)

    def handle_endtag(self, tag):
        assert self.inside.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def assert_room_html(html: str) -> Page:
    page = Page(html)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    pointed = [i for _, a in page.elements for name in ("for", "aria-describedby", "aria-labelledby")
               for i in a.get(name, "").split()]  # fmt: skip
    assert set(pointed) <= set(ids)
    labelled = {attributes["for"] for attributes in page.all("label")}
    assert all(attributes["id"] in labelled for attributes in page.all("input", "textarea", "select"))
    assert all(attributes["scope"] in ("row", "col") for attributes in page.all("th"))
    for link in page.all("a"):
        assert link["href"].startswith(("https://", "http://", "mailto:"))
        assert link["rel"] == "noopener"
    return page
