"""Words as Adaptive Card elements. Typed text stands in `TextRun`, in an input's own properties and
in a button's title only: Teams reads Markdown in `TextBlock` and `Fact` and nowhere else, so those
two are never drawn. A `TextRun` keeps no new line on a phone: each line is a block of its own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

from bot.letters import drawable, web_link
from bot.split import lines, shown, strong
from handlers.message import Block, Bullets, Divider, Heading, Quote, Run, Runs, Table

Drawn: TypeAlias = dict[str, Any]

_EMPTY_LINE: Runs = (Run("\u00a0"),)


def drawn(block: Block) -> list[Drawn]:
    """The elements for one block of words, which must be small enough. A divider has none of its own."""
    match block:
        case Divider():
            return []
        case Table():
            return [_table(block)]
        case Bullets(items, ordered):
            return [line for item in _marked(items, ordered) for line in text(item)]
        case Quote(runs):
            return [{"type": "Container", "style": "emphasis", "items": text(runs)}]
        case Heading(runs, level):
            return text(strong(runs), size="Large" if level <= 2 else "Medium")
    return text(block.runs)


def _marked(items: tuple[Runs, ...], ordered: bool) -> Iterator[Runs]:  # noqa: FBT001 - a list is or is not
    for number, item in enumerate(items, start=1):
        yield (Run(f"{number}. " if ordered else "• "), *shown(item))


def text(runs: Runs, **style: Any) -> list[Drawn]:
    """Runs as one RichTextBlock a line. `style` is for every TextRun of them."""
    clean = tuple(replace(run, text=drawable(run.text)) for run in shown(runs))
    first, *others = [_line(line, style) for line in lines(clean)]
    return [first, *({**other, "spacing": "None"} for other in others)]


def _line(runs: Runs, style: Drawn) -> Drawn:
    return {"type": "RichTextBlock", "inlines": [_run(run, style) for run in runs or _EMPTY_LINE]}


def _run(run: Run, style: Drawn) -> Drawn:
    link = web_link(run.link)
    return {
        "type": "TextRun",
        "text": run.text,
        **({"weight": "Bolder"} if run.strong else {}),
        **({"italic": True} if run.emphasis else {}),
        **({"fontType": "Monospace"} if run.code else {}),
        **({"selectAction": {"type": "Action.OpenUrl", "url": link}} if link else {}),
        **style,
    }


def _table(table: Table) -> Drawn:
    head = (tuple(map(strong, table.head)),) if table.head else ()
    rows = (*head, *table.rows)
    return {
        "type": "Table",
        "firstRowAsHeader": bool(head),
        "columns": [{"width": 1} for _ in rows[0]],
        "rows": [{"type": "TableRow", "cells": list(_cells(row))} for row in rows],
    }


def _cells(row: Iterable[Runs]) -> Iterator[Drawn]:
    for cell in row:
        yield {"type": "TableCell", "items": text(cell)}
