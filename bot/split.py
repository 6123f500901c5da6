"""Words that are too long for one message: the same words in several pieces, none cut off."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import TypeVar

from bot.letters import DASH, cut, unit, units
from handlers.message import Block, Bullets, Divider, Paragraph, Run, Runs, Table
from handlers.words import letters

Item = TypeVar("Item")

NOTHING: Runs = (Run(DASH),)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How a chat weighs words: no piece above `most`, `run` for each run beside its letters.

    No letter weighs more than `heaviest`: what is short enough is not weighed letter by letter.
    """

    most: int
    run: int = 0
    letter: Callable[[str], int] = unit
    heaviest: int = 2


def packed(
    items: Iterable[Item], measures: Callable[[Item], Sequence[int]], most: Sequence[int]
) -> list[list[Item]]:
    """The items in groups, in order, so that no measure of a group adds up to more than its `most`.

    An item that alone is too much gets a group of its own.
    """
    groups: list[list[Item]] = []
    filled: tuple[int, ...] = ()
    for item in items:
        sizes = measures(item)
        together = tuple(old + new for old, new in zip(filled, sizes, strict=True)) if groups else ()
        if groups and all(size <= limit for size, limit in zip(together, most, strict=True)):
            groups[-1].append(item)
            filled = together
        else:
            groups.append([item])
            filled = tuple(sizes)
    return groups


def parts(block: Block, scale: Scale) -> tuple[Block, ...]:
    """Blocks that together say what the block says, none too heavy; a blank one vanishes.

    A table becomes a list: whoever can draw the table whole does not ask.
    """
    match block:
        case Divider():
            return (block,)
        case Table():
            return parts(as_list(block), scale)
        case Bullets():
            return _list_parts(block, scale)
    if not letters(block.runs).strip():
        return ()
    return tuple(replace(block, runs=piece) for piece in cut_runs(block.runs, scale))


def cut_runs(runs: Runs, scale: Scale) -> tuple[Runs, ...]:
    """The runs in pieces that join to the same letters in the same styles."""
    if _at_most(runs, scale) <= scale.most:
        whole = tuple(run for run in runs if run.text)
        return (whole,) if whole else ()
    weights = [weight for run in runs for weight in _weights(run, scale)]
    pieces = cut(letters(runs), scale.most, weights)
    edges = accumulate(map(len, pieces), initial=0)
    return tuple(_between(runs, start, end) for start, end in pairwise(edges))


def as_list(table: Table) -> Bullets:
    """The same table as a list, a row an item, each cell after the head of its column."""
    rows = tuple(_row_in_words(table.head, row) for row in table.rows)
    return Bullets(rows or (_row_in_words((), table.head),))


def in_full(labels: Iterable[str], most: int) -> tuple[Block, ...]:
    """A list of those labels that are too long for their control, for the eye beside the control."""
    long = tuple((Run(label),) for label in labels if units(label) > most)
    return (Bullets(long),) if long else ()


def strong(runs: Runs) -> Runs:
    """The same runs in strong letters."""
    return tuple(replace(run, strong=True) for run in runs)


def shown(runs: Runs) -> Runs:
    """The runs, or a dash where there is nothing to read."""
    return tuple(run for run in runs if run.text) if letters(runs).strip() else NOTHING


def lines(runs: Runs) -> tuple[Runs, ...]:
    """The runs line by line."""
    found: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        found[-1].append(replace(run, text=first))
        found.extend([replace(run, text=other)] for other in others)
    return tuple(tuple(run for run in line if run.text) for line in found)


def _list_parts(block: Bullets, scale: Scale) -> tuple[Block, ...]:
    if block.items and sum(_at_most(item, scale) for item in block.items) <= scale.most:
        return (block,)
    weights = [sum(weight for run in item for weight in _weights(run, scale)) for item in block.items]
    if sum(weights) <= scale.most:
        return (block,) if block.items else ()
    if block.ordered or max(weights) > scale.most:
        return parts(Paragraph(_as_lines(block)), scale)
    groups = packed(zip(block.items, weights, strict=True), lambda pair: (pair[1],), (scale.most,))
    return tuple(Bullets(tuple(item for item, _ in group)) for group in groups)


def _as_lines(block: Bullets) -> Runs:
    """A list as lines of one paragraph, each after its number or dot."""
    found: list[Run] = []
    for number, item in enumerate(block.items, start=1):
        mark = f"{number}. " if block.ordered else "• "
        found += [Run(f"\n{mark}" if found else mark), *shown(item)]
    return tuple(found)


def _row_in_words(head: tuple[Runs, ...], row: tuple[Runs, ...]) -> Runs:
    found: list[Run] = []
    for column, cell in enumerate(row):
        found += [Run("; ")] if found else []
        found += [*strong(head[column]), Run(": ")] if head and letters(head[column]).strip() else []
        found += shown(cell)
    return tuple(found)


def _at_most(runs: Runs, scale: Scale) -> int:
    """A weight that some runs do not exceed, soon found."""
    return sum(len(run.text) * scale.heaviest + scale.run + len(run.link or "") for run in runs)


def _weights(run: Run, scale: Scale) -> list[int]:
    """The weight of each letter of a run; the first carries what the run itself weighs."""
    weights = [scale.letter(sign) for sign in run.text]
    if weights:
        weights[0] += scale.run + len(run.link or "")
    return weights


def _between(runs: Runs, start: int, end: int) -> Runs:
    found: list[Run] = []
    at = 0
    for run in runs:
        text = run.text[max(start - at, 0) : max(end - at, 0)]
        if text:
            found.append(replace(run, text=text))
        at += len(run.text)
    return tuple(found)
