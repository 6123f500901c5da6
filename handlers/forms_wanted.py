"""Whether each form, perhaps an operator's, still holds what the command that opens it wants."""

from collections.abc import Iterable, Iterator

from handlers.command import Command
from handlers.shapes import Fault, Shapes, ShapeWrong

OFFERED = frozenset(
    {
        *("session", "programme", "post", "shapes", "words", "contents", "trusted", "now", "today", "zone"),
        *("said", "speaker", "mentioned", "challenge", "format", "roles", "room", "about", "shape", "filled"),
    }
)
"""What every handler may ask for without a form: see `dispatch`."""


def check(commands: Iterable[Command], shapes: Shapes) -> None:
    """Raise ShapeWrong with everything that a form lacks."""
    faults = [fault for command in commands for fault in _lacking(command, shapes)]
    if faults:
        raise ShapeWrong(faults)


def _lacking(command: Command, shapes: Shapes) -> Iterator[Fault]:
    if not isinstance(command.form, str):
        return
    file, form = f"forms/{command.form}.toml", shapes.form(command.form)
    if form.phrase != command.phrase:
        wrong = f"{form.phrase} is not its command"
        yield Fault(file=file, key="phrase", wrong=wrong, allowed=(command.phrase,))
    there = {field.name for field in form.fields}
    for name in sorted(command.asks_for - OFFERED - there):
        yield Fault(file=file, key=f"fields.{name}", wrong="is missing")
