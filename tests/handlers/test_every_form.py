"""Every form of the contents page, with hostile words in each of its text fields.

They are kept and shown as they were typed, or refused with a sentence at the field; never broken.
"""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from handlers.commands import COMMANDS
from handlers.dispatch import dispatch
from handlers.shapes import ROLES
from store.everything import tables
from store.heard import Heard
from tests.fakes import database
from tests.fakes import house as houses

ON_SITE = datetime(2026, 11, 10, 17, 0, tzinfo=UTC)
ORDINARY = {"long": "Is early help soon enough?", "number": "1", "date": "2026-11-10"}
BY_NAME = {"email": "dana@saltmarsh.example", "days": "10-11 nov", "by": "fri", "when": "5.30pm"}
SAID_BEFORE = (
    ("coordinator", "kloe add Is help early enough?"),
    ("programme_manager", "proposal"),
    ("programme_manager", "proposal send"),
    ("lead_peer", "note front door strength Staff explain thresholds in the same way."),
    ("lead_peer", "summary"),
    ("challenge_manager", "preview thu 5.30pm"),
    ("coordinator", "done 1"),
)
HOSTILE = {
    "markup": "**b** [g](https://evil.example) <b>x</b> </script> <!channel> <at>A</at> {{ 7*7 }} {% raw %}",
    "letters": "مرحبا \u202egnirts\u202c 👩‍👩‍👧‍👦 🇬🇧 \ue0000\ue001 a\tb\x07c\x1b[31md 'one' \"two\" \\n",
    "long": "word " * 999 + "word!",
}
WITH_FORMS = [command for command in COMMANDS if command.form]


@pytest.fixture(scope="module")
def house(desk, furnished, tmp_path_factory):
    """A challenge on its first day on site, with somebody in each role, called by its name."""
    house = houses.House(database.copied(furnished, tmp_path_factory.mktemp("forms")), desk)
    house.says("Jo", "ready in exampleshire")
    for role in ROLES:
        house.appoint(role, role)
    for kind in ("liaison", "team", "council"):
        house.make_room(kind)
    house.clock.told = ON_SITE
    for who, text in SAID_BEFORE:
        assert house.says(who, text).card, text
        assert house.outcome()[0] == "done", (text, house.outcome())
    house.opened = {}
    yield house
    house.close()


def _tried(house, command, **of):
    """What comes of saying a command: the outcome, the answer as kept and as given, all that is stored."""
    places = command.places - {"direct"}
    where = None if "direct" in command.places or not places else f"{min(places)}-Exampleshire"
    said = house.said(of.pop("by"), of.pop("text", command.phrase), room=where, **of)
    session = house.store._sessions()
    try:
        answer = dispatch(session, house.desk, said, house.clock.now())
        session.flush()
        heard = session.get_one(Heard, said.id)
        stored = _texts(_everything(session)) if heard.outcome == "done" else set()
        return heard.outcome, heard.answer, answer, stored
    finally:
        session.rollback()
        session.close()


def _spaced(text):
    """A text but for its spaces and capitals: a name may be tidied in these."""
    return " ".join(text.split()).casefold()


def _everything(session):
    others = [table for table in tables.sorted_tables if table is not Heard.__table__]
    return [tuple(row) for table in others for row in session.execute(select(table))]


def _texts(value):
    """Every text within rows, lists and dicts."""
    if isinstance(value, str):
        return {value}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return set().union(*map(_texts, inner)) if inner else set()


def _opened(house, command):
    """Somebody for whom a command opens its form, and its fields: one who carries it out, if there is one."""
    if command.phrase not in house.opened:
        house.opened[command.phrase] = _found(house, command)
    return house.opened[command.phrase]


def _found(house, command):
    found = ("Jo", ())
    for by in ("Jo", *sorted(command.roles or {"sponsor", "lead_peer"})):
        fields = _form_for(house, command, by)
        if fields and _tried(house, command, by=by, fields=_filled(fields))[0] == "done":
            return by, fields
        found = (by, fields) if fields else found
    return found


def _form_for(house, command, by):
    for fields in (None, {}):
        answer = _tried(house, command, by=by, fields=fields, can_open_form=True)[2]
        if answer.form:
            return answer.form.fields
    return ()


def _filled(fields):
    return {field.name: _filling(field) for field in fields}


def _filling(field):
    if field.value not in (None, "", []):
        return field.value
    if field.choices:
        return field.choices[0].value if field.kind == "choice" else [field.choices[0].value]
    return BY_NAME.get(field.name) or ORDINARY.get(field.kind, "Ruth")


@pytest.mark.parametrize("command", WITH_FORMS, ids=lambda command: command.phrase)
def test_hostile_words_in_a_form_are_kept_as_typed_or_refused(house, command):
    by, fields = _opened(house, command)
    for field in (field for field in fields if field.kind in {"text", "long"}):
        for name, text in HOSTILE.items():
            typed = {**_filled(fields), field.name: text}
            outcome, kept, answer, stored = _tried(house, command, by=by, fields=typed, can_open_form=True)
            where = (command.phrase, field.name, name)
            assert outcome != "broken", where
            if outcome == "form":
                assert {one.name: one.value for one in answer.form.fields}[field.name] == text, where
                assert any(one.error for one in answer.form.fields), where
            if outcome == "done":
                kept_as = map(_spaced, stored | _texts(kept["facts"]))
                assert any(_spaced(text) in one for one in kept_as), where
                assert len(text) <= field.limit, where


@pytest.mark.parametrize("command", WITH_FORMS, ids=lambda command: command.phrase)
def test_hostile_words_on_the_line_are_never_a_mistake_of_the_bot(house, command):
    by, _ = _opened(house, command)
    for name, text in HOSTILE.items():
        outcome, *_ = _tried(house, command, by=by, text=f"{command.phrase} {text}")
        assert outcome != "broken", (command.phrase, name)


@pytest.mark.parametrize("command", WITH_FORMS, ids=lambda command: command.phrase)
def test_form_sent_in_empty_says_so_at_its_required_fields(house, command):
    by, fields = _opened(house, command)
    empty = {field.name: [] if field.kind == "choices" else "" for field in fields}
    outcome, _, answer, _ = _tried(house, command, by=by, fields=empty, can_open_form=True)

    assert outcome != "broken"
    if outcome == "form":
        required = {field.name for field in fields if field.required}
        assert {field.name for field in answer.form.fields if field.error} >= required


def test_most_forms_are_carried_out_with_ordinary_words(house):
    outcomes = {}
    for command in WITH_FORMS:
        if command.phrase.startswith("delivery "):  # of a message that nobody sent: see test_letters
            continue
        by, fields = _opened(house, command)
        outcome, kept, answer, _ = _tried(house, command, by=by, fields=_filled(fields), can_open_form=True)
        errors = [(one.name, one.error) for one in answer.form.fields if one.error] if answer.form else []
        outcomes[command.phrase] = (outcome, by, kept["template"], errors)
    not_done = {phrase: found for phrase, found in outcomes.items() if found[0] != "done"}

    assert len(not_done) < len(outcomes) / 2, not_done
