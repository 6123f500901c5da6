"""The form of a command: its fields, typed or filled in, become what its handler is called with."""

from dataclasses import replace
from typing import Any

from handlers.answer import Opens
from handlers.command import Command
from handlers.desk import call
from handlers.forms import FieldsWrong, Today, checked, missing
from handlers.mentions import opened
from handlers.message import Refused, Reply, Said
from handlers.shapes import FormShape


class FormAgain(Exception):
    """Fields were wrong: whatever was done is taken back, and the form comes back."""

    def __init__(self, opens: Opens) -> None:
        super().__init__(opens.shape.key)
        self.opens = opens


def filled_and_run(command: Command, offered: dict[str, Any], said: Said) -> Reply | Opens:
    """Call the command's handler with what its form holds; the form, where it is to be filled in first."""
    shape = shape_of(command, offered)
    if shape is None:
        return call(command.run, {**offered, "text": opened(offered["text"])})
    typed = dict(said.fields) if said.fields is not None else typed_in(command, shape, offered)
    offered["text"] = opened(offered["text"])
    prepared = call(command.prepare, {**offered, "typed": typed}) if command.prepare else {}
    opens = Opens(
        shape=shape,
        known={**prepared, **said.hidden.get("known", {}), **typed},
        offered=prepared,
        hidden=_hidden(said, offered),
        needed=tuple(said.hidden.get("needed", ())),
    )
    if said.fields is None and (command.opens or missing(shape, typed)):
        return opens
    try:
        today = Today(now=offered["now"], zone=offered["zone"])
        values = checked(shape, typed, today, prepared, said.not_found)
        offered["filled"] = values
        return call(command.run, {**offered, **values})
    except FieldsWrong as wrong:
        return replace(opens, errors=wrong.errors)
    except Refused as refused:
        if refused.at_field is None:
            raise
        needed = (*opens.needed, refused.at_field) if refused.asks else opens.needed
        raise FormAgain(replace(opens, errors={refused.at_field: refused}, needed=needed)) from refused


def shape_of(command: Command, offered: dict[str, Any]) -> FormShape | None:
    """The form of a command, if it has one."""
    if command.form is None:
        return None
    return (
        offered["shapes"].form(command.form) if isinstance(command.form, str) else call(command.form, offered)
    )


def typed_in(command: Command, shape: FormShape, offered: dict[str, Any]) -> dict[str, Any]:
    """The fields that the rest of the line fills."""
    if not offered["text"]:
        return {}
    read = call(command.read, offered) if command.read else {shape.fields[0].name: offered["text"]}
    return {name: opened(value) for name, value in read.items()}


def _hidden(said: Said, offered: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in said.hidden.items() if name not in {"known", "needed"}}
    return {**kept, "challenge": offered["challenge"].id} if "challenge" in offered else kept
