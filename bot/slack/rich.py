"""Words as Slack's rich text. Typed text stands in `text` elements and `plain_text` only: nothing
in those is ever read as markup, a mention, an emoji or a link.
"""

from typing import Any, TypeAlias

from bot.letters import drawable, units, web_link
from bot.split import shown, strong
from handlers.message import Block, Bullets, Divider, Heading, Quote, Run, Runs, Table
from handlers.words import letters

Drawn: TypeAlias = dict[str, Any]

_LONGEST_HEADER = 150


def drawn(block: Block) -> Drawn:
    """One Block Kit block for one block of words, which must be small enough."""
    match block:
        case Divider():
            return {"type": "divider"}
        case Table():
            return _table(block)
        case Bullets(items, ordered):
            style = "ordered" if ordered else "bullet"
            return _rich({"type": "rich_text_list", "style": style, "elements": list(map(_section, items))})
        case Quote(runs):
            return _rich({"type": "rich_text_quote", "elements": _elements(runs)})
        case Heading():
            return _heading(block)
    return _rich(_section(block.runs))


def plain_text(text: str) -> Drawn:
    """A text object in which `:smile:` and `<!channel>` stay letters."""
    return {"type": "plain_text", "text": drawable(text), "emoji": False}


def _rich(element: Drawn) -> Drawn:
    return {"type": "rich_text", "elements": [element]}


def _section(runs: Runs) -> Drawn:
    return {"type": "rich_text_section", "elements": _elements(runs)}


def _elements(runs: Runs) -> list[Drawn]:
    return [_element(run) for run in shown(runs)]


def _element(run: Run) -> Drawn:
    link = web_link(run.link)
    element: Drawn = {"type": "link", "url": link} if link else {"type": "text"}
    element["text"] = drawable(run.text)
    style = {"bold": run.strong, "italic": run.emphasis, "code": run.code}
    if any(style.values()):
        element["style"] = {name: True for name, on in style.items() if on}
    return element


def _heading(block: Heading) -> Drawn:
    text = drawable(letters(block.runs))
    bare = "\n" not in text and not any(run.link for run in block.runs)
    if bare and block.level <= 2 and units(text) <= _LONGEST_HEADER:
        return {"type": "header", "text": plain_text(text)}
    return _rich(_section(strong(block.runs)))


def _table(table: Table) -> Drawn:
    head = [tuple(map(strong, table.head))] if table.head else []
    rows = [[_rich(_section(cell)) for cell in row] for row in (*head, *table.rows)]
    return {"type": "table", "column_settings": [{"is_wrapped": True} for _ in rows[0]], "rows": rows}
