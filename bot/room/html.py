"""Words as HTML, every typed letter escaped.

WCAG 2.2 AA: real headings, lists and tables; nothing said by colour alone. A text that runs from
right to left is isolated, so that the words around it stay in place.
"""

import unicodedata
from collections.abc import Iterable
from html import escape

from bot.letters import DASH, drawable, web_link
from bot.split import shown
from handlers.message import Block, Bullets, Divider, Heading, Quote, Run, Runs, Table
from handlers.words import letters

_RIGHT_TO_LEFT = {"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDI", "PDF"}


def text_html(text: str) -> str:
    """Typed text in HTML: escaped, its new lines kept, isolated where it runs from right to left."""
    html = escape(drawable(text or DASH)).replace("\n", "<br>")
    if any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in text):
        return f"<bdi>{html}</bdi>"
    return html


def _runs(runs: Runs) -> str:
    return "".join(map(_run, shown(runs)))


def _run(run: Run) -> str:
    html = text_html(run.text)
    for on, tag in ((run.code, "code"), (run.emphasis, "em"), (run.strong, "strong")):
        html = f"<{tag}>{html}</{tag}>" if on else html
    link = web_link(run.link)
    return f'<a href="{escape(link)}" rel="noopener">{html}</a>' if link else html


def blocks_html(blocks: Iterable[Block]) -> str:
    """Blocks of words as HTML."""
    return "".join(map(_block, blocks))


def _block(block: Block) -> str:
    match block:
        case Divider():
            return "<hr>"
        case Heading(runs, level):
            tag = "h3" if level <= 2 else "h4"
            return f"<{tag}>{_runs(runs)}</{tag}>"
        case Bullets(items, ordered):
            tag = "ol" if ordered else "ul"
            inside = "".join(f"<li>{_runs(item)}</li>" for item in items)
            return f"<{tag}>{inside}</{tag}>"
        case Quote(runs):
            return f"<blockquote>{_runs(runs)}</blockquote>"
        case Table():
            return _table(block)
    return f"<p>{_runs(block.runs)}</p>" if letters(block.runs).strip() else ""


def _table(table: Table) -> str:
    """A table whose first column names its row."""
    columns = "".join(f'<th scope="col">{_runs(cell)}</th>' for cell in table.head)
    head = f"<thead><tr>{columns}</tr></thead>" if table.head else ""
    return f"<table>{head}<tbody>{''.join(map(_row, table.rows))}</tbody></table>"


def _row(row: tuple[Runs, ...]) -> str:
    cells = "".join(f"<td>{_runs(cell)}</td>" for cell in row[1:])
    return f'<tr><th scope="row">{_runs(row[0])}</th>{cells}</tr>' if row else ""
