"""A form as a Slack modal, and what a modal sends back as fields. Pure: plain dicts.

Limits from docs.slack.dev: a modal holds 100 blocks, its title and submit 24 letters, its
metadata 3,000; a label and a hint 2,000; ten radio buttons or checkboxes; a menu 100 groups of
100 choices, each 75 letters long; a text input 3,000 letters.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.fields import as_asked, chosen, known
from bot.letters import cut, drawable, short, units
from bot.slack.draw import LONGEST_LABEL, SCALE, carried
from bot.slack.rich import Drawn, drawn, plain_text
from bot.split import in_full, packed, parts
from handlers.message import Block, Choice, Field, Form, Heading, Paragraph, Run

_MOST_BLOCKS = 100
_LONGEST_TITLE, _LONGEST_LABEL, _LONGEST_INPUT = 24, 2000, 3000
_LONGEST_VALUE = 150
LONGEST_METADATA = 3000
_FEW, _MOST_CHOICES = 10, 100
_PICKER = "person:1:"


def view(form: Form) -> Drawn:
    """The form as one modal. Raises ValueError where it needs several: see `views`."""
    found = views(form)
    if len(found) > 1:
        raise ValueError(f"{form.phrase.split()[:2]} needs {len(found)} modals")
    return found[0]


def views(form: Form) -> tuple[Drawn, ...]:
    """The form as modals to be filled in one after the other; nearly always one.

    Each carries the phrase and the hidden facts; the surface keeps the answers of the earlier ones.
    Raises ValueError where those facts are above 3,000 letters or a choice's value above 150.
    """
    asked = [_asked(as_asked(field)) for field in form.fields]
    groups = packed([_intro(form), *asked], lambda blocks: (len(blocks),), (_MOST_BLOCKS,))
    pages = [[block for blocks in group for block in blocks] for group in groups]
    return tuple(
        _view(form, blocks, form.submit if page == len(pages) else "Next")
        for page, blocks in enumerate(pages, start=1)
    )


def notice(title: str, blocks: list[Drawn]) -> Drawn:
    """A modal with nothing to fill in, in the place of a form."""
    return {
        "type": "modal",
        "title": plain_text(title or "…"),
        "close": plain_text("Close"),
        "blocks": blocks,
    }


def picked(state: Mapping[str, Any]) -> dict[str, str]:
    """The fields in which an account was picked, with its id; a pick counts for more than a typed name."""
    answers = {block_id: block["answer"] for block_id, block in state["values"].items()}
    return {
        block_id.removeprefix(_PICKER): answer["selected_user"]
        for block_id, answer in answers.items()
        if block_id.startswith(_PICKER) and answer.get("selected_user")
    }


def errors(form: Form) -> dict[str, str]:
    """What to answer to a submission (`response_action: errors`): a sentence for each block at fault."""
    return {_block_id(field): drawable(field.error) for field in form.fields if field.error}


def typed(state: Mapping[str, Any]) -> dict[str, Any]:
    """A form's fields from a submitted view's `state`: text ("" when empty), or a list for "choices"."""
    fields: dict[str, Any] = {}
    blocks = [(*block_id.split(":", 2), block) for block_id, block in state["values"].items()]
    for mark, part, name, block in sorted(blocks, key=lambda found: (found[2], int(found[1]))):
        if mark == "field":
            value = _value(block["answer"])
            fields[name] = value if part == "1" else fields[name] + value
    return fields


def _value(answer: Mapping[str, Any]) -> Any:
    if answer["type"] in ("checkboxes", "multi_static_select"):
        return [option["value"] for option in answer.get("selected_options") or ()]
    if answer["type"] in ("radio_buttons", "static_select"):
        return (answer.get("selected_option") or {}).get("value", "")
    return answer.get("value") or answer.get("selected_date") or ""


def _view(form: Form, blocks: list[Drawn], submit: str) -> Drawn:
    metadata = carried(form.phrase, form.hidden)
    if units(metadata) > LONGEST_METADATA:
        raise ValueError(f"{form.phrase.split()[:2]} carries {units(metadata)} letters in a modal")
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain_text(short(form.title, _LONGEST_TITLE)),
        "submit": plain_text(short(submit, _LONGEST_TITLE)),
        "close": plain_text("Cancel"),
        "private_metadata": metadata,
        "blocks": blocks,
    }


def _intro(form: Form) -> list[Drawn]:
    """What stands before the first field; the title too, where the modal's bar cannot hold it."""
    title = (Heading((Run(form.title),)),) if units(form.title) > _LONGEST_TITLE else ()
    return _drawn((*title, *form.intro))


def _drawn(blocks: Iterable[Block]) -> list[Drawn]:
    return [drawn(part) for block in blocks for part in parts(block, SCALE)]


def _asked(field: Field) -> list[Drawn]:
    """The blocks of one field: its error, whatever no control can hold whole, its input or inputs."""
    error = Paragraph((Run("Error: ", strong=True), Run(field.error or "")))
    too_long = (
        *in_full((field.label, field.hint), _LONGEST_LABEL),
        *in_full((choice.label for choice in field.choices), LONGEST_LABEL),
    )
    before = _drawn((*((error,) if field.error else ()), *too_long))
    if field.kind in ("choice", "choices") and not field.choices:
        return [*before, *_drawn((Paragraph((Run(field.label), Run(": nothing to choose from."))),))]
    return before + _inputs(field)


def _inputs(field: Field) -> list[Drawn]:
    """One input; a known text that is too long for one stands in several, read together again.

    A person is picked or, as not everybody has an account, written down.
    """
    if field.kind == "person":
        label = f"{short(field.label, _LONGEST_LABEL - 50)} (their name, if they are not in Slack)"
        written = replace(field, kind="text", label=label, hint="", required=False)
        return [_picker(field), *_inputs(as_asked(written))]
    if field.kind not in ("text", "long") or units(known(field)) <= _LONGEST_INPUT:
        return [_input(field, 1)]
    texts = cut(known(field), _LONGEST_INPUT)
    first, *others = (replace(field, kind="long", value=text) for text in texts)
    labels = [f"{short(field.label, _LONGEST_LABEL - 20)} (part {n})" for n in range(2, len(texts) + 1)]
    more = [replace(other, label=label, hint="", required=False)
            for other, label in zip(others, labels, strict=True)]  # fmt: skip
    return [_input(part, number) for number, part in enumerate((first, *more), start=1)]


def _input(field: Field, part: int) -> Drawn:
    block = {
        "type": "input",
        "block_id": _block_id(field, part),
        "label": plain_text(short(field.label, _LONGEST_LABEL)),
        "optional": not field.required,
        "element": {"action_id": "answer", **_ELEMENTS[field.kind](field)},
    }
    return {**block, "hint": plain_text(short(field.hint, _LONGEST_LABEL))} if field.hint.strip() else block


def _picker(field: Field) -> Drawn:
    element = {"action_id": "answer", "type": "users_select"}
    drawn = {**_input(replace(field, kind="text", value=None), 1), "element": element}
    return {**drawn, "block_id": f"{_PICKER}{field.name}", "optional": True}


def _block_id(field: Field, part: int = 1) -> str:
    return f"field:{part}:{field.name}"


# One element for each kind of field


def _line(field: Field) -> Drawn:
    value = drawable(known(field))
    most = min(_LONGEST_INPUT, max(field.limit, units(value)))
    element = {"type": "plain_text_input", "multiline": field.kind == "long", "max_length": most}
    return {**element, "initial_value": value} if value else element


def _number(field: Field) -> Drawn:
    element = {"type": "number_input", "is_decimal_allowed": False}
    return {**element, "initial_value": known(field)} if known(field) else element


def _date(field: Field) -> Drawn:
    element = {"type": "datepicker"}
    return {**element, "initial_date": known(field)} if known(field) else element


def _choice(field: Field) -> Drawn:
    kind = "radio_buttons" if len(field.choices) <= _FEW else "static_select"
    element = {"type": kind, **_options(field.choices)}
    initial = _initial(field)
    return {**element, "initial_option": initial[0]} if initial else element


def _choices(field: Field) -> Drawn:
    kind = "checkboxes" if len(field.choices) <= _FEW else "multi_static_select"
    element = {"type": kind, **_options(field.choices)}
    initial = _initial(field)
    return {**element, "initial_options": initial} if initial else element


_ELEMENTS: dict[str, Callable[[Field], Drawn]] = {
    "text": _line,
    "long": _line,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
}


def _options(choices: tuple[Choice, ...]) -> Drawn:
    options = [_option(choice) for choice in choices]
    if len(options) <= _MOST_CHOICES:
        return {"options": options}
    starts = range(0, len(options), _MOST_CHOICES)
    return {"option_groups": [_group(start, options[start : start + _MOST_CHOICES]) for start in starts]}


def _group(start: int, options: list[Drawn]) -> Drawn:
    return {"label": plain_text(f"{start + 1} to {start + len(options)}"), "options": options}


def _option(choice: Choice) -> Drawn:
    if units(choice.value) > _LONGEST_VALUE:
        raise ValueError(f"Slack lets a choice carry {_LONGEST_VALUE} letters, not {units(choice.value)}")
    return {"text": plain_text(short(choice.label, LONGEST_LABEL)), "value": choice.value}


def _initial(field: Field) -> list[Drawn]:
    return [_option(choice) for choice in field.choices if choice.value in chosen(field)]
