"""A card and a form as HTML for the room. Pure: text out. No style and no script stands in it.

WCAG 2.2 AA: each input has its label, and names its hint and its error; required, optional and
wrong are said in words.
"""

from collections.abc import Callable
from html import escape

from bot.fields import as_asked, chosen, known
from bot.letters import drawable
from bot.room.html import blocks_html, text_html
from handlers.message import Button, Card, Choice, Field, Form

_FEW = 10


def card(card: Card) -> str:
    """What stands inside a message. Its buttons carry their number in `data-button`."""
    return f'<div class="cf-card">{blocks_html(card.blocks)}{_buttons(card.buttons)}</div>'


def form(form: Form, form_id: str) -> str:
    """A form whose ids begin with "form-" and `form_id`; each input is named as its field.

    A number may be typed as words and a text may grow too long: the answer says so, nothing is lost.
    """
    own = f"form-{escape(form_id)}"
    fields = "".join(_field(as_asked(field), f"{own}-{n}") for n, field in enumerate(form.fields, start=1))
    return (
        f'<form class="cf-form" id="{own}" aria-labelledby="{own}-title" novalidate>'
        f'<h3 id="{own}-title">{text_html(form.title)}</h3>{blocks_html(form.intro)}{fields}'
        '<div class="cf-buttons">'
        f'<button type="submit" class="cf-main">{text_html(form.submit)}</button></div></form>'
    )


def _buttons(buttons: tuple[Button, ...]) -> str:
    if not buttons:
        return ""
    return f'<div class="cf-buttons">{"".join(_button(n, one) for n, one in enumerate(buttons))}</div>'


def _button(number: int, button: Button) -> str:
    main = ' class="cf-main"' if button.main else ""
    return f'<button type="button" data-button="{number}"{main}>{text_html(button.label)}</button>'


# Fields


def _field(field: Field, own: str) -> str:
    """One question: a label with its input, or a group of choices."""
    if field.kind == "choices" or (field.kind == "choice" and len(field.choices) <= _FEW):
        return _group(field, own)
    given = (
        f'id="{own}" name="{escape(field.name)}"{_described(field, own)}{_required(field)}{_invalid(field)}'
    )
    asked = _INPUTS[field.kind](field, given)
    return (
        f'<div class="cf-field"><label for="{own}">{_label(field)}</label>{_notes(field, own)}{asked}</div>'
    )


def _group(field: Field, own: str) -> str:
    """Choices to tick. A fieldset cannot be invalid, but a radiogroup and a checkbox can."""
    radio = field.kind == "choice"
    outer = f' role="radiogroup"{_invalid(field)}' if radio else ""
    each = f'type="radio"{_required(field)}' if radio else f'type="checkbox"{_invalid(field)}'
    each += f' name="{escape(field.name)}"'
    ticks = "".join(
        _tick(
            choice,
            f'{each} id="{own}-{n}"{" checked" if choice.value in chosen(field) else ""}',
            f"{own}-{n}",
        )
        for n, choice in enumerate(field.choices, start=1)
    )
    return (
        f'<fieldset class="cf-field" id="{own}"{outer}{_described(field, own)}>'
        f"<legend>{_label(field)}</legend>{_notes(field, own)}{ticks}</fieldset>"
    )


def _tick(choice: Choice, given: str, own: str) -> str:
    tick = f'<input {given} value="{escape(choice.value)}">'
    return f'<div class="cf-choice">{tick}<label for="{own}">{text_html(choice.label)}</label></div>'


def _label(field: Field) -> str:
    return f"{text_html(field.label)} ({'required' if field.required else 'optional'})"


def _notes(field: Field, own: str) -> str:
    """The hint and the error, which the input names in `aria-describedby`."""
    hint = f'<p class="cf-hint" id="{own}-hint">{text_html(_hint(field))}</p>' if _hint(field) else ""
    if not field.error:
        return hint
    return f'{hint}<p class="cf-error" id="{own}-error" role="alert">Error: {text_html(field.error)}</p>'


def _hint(field: Field) -> str:
    """The hint, with the limit in words: an input that stops at it would cut a pasted text silently."""
    limited = field.kind in ("text", "long") and field.limit < Field.limit
    limit = f"Up to {field.limit} characters." if limited else ""
    return " ".join(filter(None, (_sentence(field.hint) if limit else field.hint, limit)))


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!", ":")) else f"{text}."


def _described(field: Field, own: str) -> str:
    ids = [f"{own}-hint"] if _hint(field) else []
    ids += [f"{own}-error"] if field.error else []
    return f' aria-describedby="{" ".join(ids)}"' if ids else ""


def _required(field: Field) -> str:
    return " required" if field.required else ""


def _invalid(field: Field) -> str:
    return ' aria-invalid="true"' if field.error else ""


# One input for each kind of field


def _line(field: Field, given: str) -> str:
    return f'<input type="text" {given} dir="auto" autocomplete="off" value="{_value(field)}">'


def _person(field: Field, given: str) -> str:
    """A name, with the people of the room to choose from: the page keeps a list of them as mentions."""
    return _line(field, f'{given} list="mentions"')


def _long(field: Field, given: str) -> str:
    """Several lines. HTML drops a first new line, so one is given away."""
    return f'<textarea {given} dir="auto" rows="5">\n{_value(field)}</textarea>'


def _number(field: Field, given: str) -> str:
    return f'<input type="text" inputmode="numeric" {given} autocomplete="off" value="{_value(field)}">'


def _date(field: Field, given: str) -> str:
    return f'<input type="date" {given} value="{_value(field)}">'


def _choice(field: Field, given: str) -> str:
    options = "".join(_option(choice, choice.value in chosen(field)) for choice in field.choices)
    return f'<select {given}><option value="">Choose one</option>{options}</select>'


def _option(choice: Choice, selected: bool) -> str:  # noqa: FBT001 - it is the state of the option
    mark = " selected" if selected else ""
    return f'<option value="{escape(choice.value)}"{mark}>{escape(drawable(choice.label))}</option>'


def _value(field: Field) -> str:
    return escape(drawable(known(field)))


_INPUTS: dict[str, Callable[[Field, str], str]] = {
    "text": _line,
    "long": _long,
    "person": _person,
    "number": _number,
    "date": _date,
    "choice": _choice,
}
