"""What came of an act, as an answer: what is kept of it, and its card or form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from handlers import asked_in
from handlers.desk import Desk
from handlers.forms import form
from handlers.message import Answer, Card, Facts, Form, Refused, Reply, Trace
from handlers.shapes import FormShape

_BROKEN = "broken"


class Broken(Refused):
    """A mistake in the bot: nothing was saved, and the log has the same reference."""


@dataclass(frozen=True, kw_only=True)
class Opens:
    """The answer is a form: its shape, what is already in it, the errors at its fields, what it offers.

    `needed` are fields that could be left empty, but for what is in the others.
    """

    shape: FormShape
    known: Facts
    offered: Facts
    hidden: Facts
    errors: Mapping[str, Refused] = field(default_factory=dict)
    needed: tuple[str, ...] = ()


def kept_of(desk: Desk, result: Reply | Refused | Opens) -> dict[str, Any]:
    """The answer as a template, its facts, what its buttons carry, and who sees it."""
    match result:
        case Reply(template, facts, to, hidden):
            return {"template": template, "facts": dict(facts), "hidden": dict(hidden), "to": to}
        case Refused():
            return {"template": _template_of(result), "facts": result.facts, "hidden": {}, "to": result.to}
        case Opens():
            errors = [_sentence(desk, error) for error in result.errors.values()]
            facts = {"title": result.shape.title, "phrase": result.shape.phrase, "errors": errors}
            needed = {"needed": list(result.needed)} if result.needed else {}
            hidden = {**result.hidden, **needed, "known": _plain(result.shape, result.known)}
            return {"template": "form_waits", "facts": facts, "hidden": hidden, "to": "asker"}
    raise TypeError(result)


def _plain(shape: FormShape, known: Facts) -> dict[str, Any]:
    """What the form's fields hold, without what they offer."""
    held = {field.name: known[field.name] for field in shape.fields if field.name in known}
    return {name: value for name, value in held.items() if isinstance(value, str | int | list)}


def refused(desk: Desk, said: str, why: Refused) -> Answer:
    """The answer when not even that it was heard could be written down."""
    outcome = _BROKEN if isinstance(why, Broken) else "not_saved"
    trace = Trace(outcome=outcome, reference=why.facts.get("reference"))
    return replace(drawn(desk, said, kept_of(desk, why)), trace=trace)


def drawn(desk: Desk, said: str, kept: Facts) -> Answer:
    """The answer that was kept, as it is shown."""
    shown = card(desk, kept)
    elsewhere = partial(asked_in.elsewhere, desk.words, desk.contents, kept, shown)
    is_broken = kept["template"] == _BROKEN
    return Answer(said=said, card=shown, to=kept["to"], broken=is_broken, elsewhere=elsewhere)


def card(desk: Desk, kept: Facts) -> Card:
    """The card of an answer that was kept."""
    return desk.words.card(kept["template"], kept["facts"], kept["hidden"])


def form_of(desk: Desk, opens: Opens) -> Form:
    """The form that an answer opens, with its mistakes told at its fields."""
    errors = {name: _sentence(desk, error) for name, error in opens.errors.items()}
    return form(
        opens.shape,
        words=desk.words,
        known=opens.known,
        errors=errors,
        hidden=opens.hidden,
        offered=opens.offered,
        needed=opens.needed,
    )


def _sentence(desk: Desk, refused: Refused) -> str:
    return desk.words.card(_template_of(refused), refused.facts).plain


def _template_of(refused: Refused) -> str:
    """`NotYourPart` is told in `not_your_part.md.j2`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(refused).__name__).lower()
