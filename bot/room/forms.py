"""The forms that stand open in front of people, until they are sent in or closed."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.room import draw
from bot.room.chat import Chat
from handlers.message import Block, Bullets, Divider, Field, Form, Runs, Table


@dataclass(frozen=True, kw_only=True)
class OpenForm:
    """A form in front of one account. `place` is where it was asked for, `said` what it answers."""

    id: int
    account: str
    place: str
    said: str
    title: str
    phrase: str
    hidden: Mapping[str, Any]
    fields: list[dict[str, Any]]
    html: str
    plain: str


def put(chat: Chat, form: Form, *, account: str, place: str, said: str, instead_of: int | None = None) -> int:
    """Open a form, in the place of another if one is named, and return its id."""
    with chat.change() as change:
        if instead_of is not None:
            change.run("UPDATE forms SET closed = ? WHERE id = ?", change.sequence, instead_of)
        change.run(
            "INSERT INTO forms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            change.sequence, account, place, said, form.title, form.phrase, json.dumps(dict(form.hidden)),
            json.dumps([_kept(field) for field in form.fields]),
            draw.form(form, str(change.sequence)), as_plain(form),
        )  # fmt: skip
    return change.sequence


def close(chat: Chat, form: int) -> None:
    """Close a form; closed already is well."""
    with chat.change() as change:
        change.run("UPDATE forms SET closed = ? WHERE id = ? AND closed IS NULL", change.sequence, form)


def open_for(chat: Chat, account: str) -> list[OpenForm]:
    """The forms that stand open in front of an account, the newest last."""
    query = "SELECT * FROM forms WHERE account = ? AND closed IS NULL ORDER BY id"
    return [_form(row) for row in chat.rows(query, account)]


def answering(chat: Chat, said: str) -> OpenForm | None:
    """The form that was opened in answer to something said, open or closed."""
    row = chat.row("SELECT * FROM forms WHERE said = ?", said)
    return _form(row) if row else None


def as_plain(form: Form) -> str:
    """Everything a form shows, as plain text."""
    lines = [form.title, *(line for block in form.intro for line in _lines(block))]
    for field in form.fields:
        lines += [field.label, field.hint, _shown_value(field), field.error or ""]
    return "\n".join(line for line in lines if line)


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Divider():
            pass
        case Bullets(items=items):
            yield from (_text(runs) for runs in items)
        case Table(head=head, rows=rows):
            yield from (" | ".join(_text(runs) for runs in row) for row in (head, *rows))
        case _:
            yield _text(block.runs)


def _text(runs: Runs) -> str:
    return "".join(run.text for run in runs)


def _shown_value(field: Field) -> str:
    values = field.value if isinstance(field.value, list | tuple) else [field.value]
    labels = {choice.value: choice.label for choice in field.choices}
    known = [labels.get(str(value), str(value)) for value in values if value is not None]
    return ", ".join([*known, *(label for value, label in labels.items() if label not in known)])


def _kept(field: Field) -> dict[str, Any]:
    choices = [{"value": choice.value, "label": choice.label} for choice in field.choices]
    names = ("name", "label", "kind", "required", "value", "error")
    return {name: getattr(field, name) for name in names} | {"choices": choices}


def _form(row: sqlite3.Row) -> OpenForm:
    values = {name: row[name] for name in ("id", "account", "place", "said", "title", "phrase")}
    return OpenForm(
        **values, hidden=json.loads(row["hidden"]), fields=json.loads(row["fields"]),
        html=row["html"], plain=row["plain"],
    )  # fmt: skip
