"""What was typed becomes checked values, or errors at the fields."""

from datetime import UTC, date, datetime

import pytest

from handlers.forms import (
    FieldMissing,
    FieldNotAChoice,
    FieldNotADate,
    FieldNotANumber,
    FieldNotFound,
    FieldsWrong,
    FieldTooLong,
    Today,
    checked,
    choices,
    form,
    missing,
)
from handlers.message import Choice
from handlers.rules.dates import Days
from handlers.shapes import ChoiceShape, FieldShape, FormShape

TODAY = Today(now=datetime(2026, 11, 9, 9, 0, tzinfo=UTC), zone="Europe/London")
"""A Monday."""
KINDS = (ChoiceShape(value="strength", label="Strength"), ChoiceShape(value="consider", label="To consider"))


def _field(kind="text", **of):
    return FieldShape(name="one", label="One", kind=kind, **of)


def _shape(*fields):
    return FormShape(key="f", title="Title", phrase="say it", submit="Save", fields=fields)


def _checked(field, typed, offered=None):
    return checked(_shape(field), {"one": typed}, TODAY, offered or {})["one"]


def _error(field, typed, offered=None):
    with pytest.raises(FieldsWrong) as wrong:
        _checked(field, typed, offered)
    return wrong.value.errors["one"]


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (_field(), " as **typed** ", "as **typed**"),
        (_field("long"), "two\nlines", "two\nlines"),
        (_field("number"), " 12 ", 12),
        (_field("number"), "#3", 3),
        (_field("number"), 3, 3),
        (_field("date"), "thu", date(2026, 11, 12)),
        (_field("date"), "2026-11-10", date(2026, 11, 10)),
        (_field("days"), "10-13 nov", Days(first=date(2026, 11, 10), last=date(2026, 11, 13))),
        (_field("moment"), "thu noon", datetime(2026, 11, 12, 12, 0, tzinfo=UTC)),
        (_field("choice", choices=KINDS), "consider", "consider"),
        (_field("choice", choices=KINDS), "to CONSIDER", "consider"),
        (_field("choices", choices=KINDS), ["Strength", "consider"], ["strength", "consider"]),
        (_field("choices", choices=KINDS), "strength", ["strength"]),
    ],
)
def test_typed_value_is_read(field, typed, value):
    assert _checked(field, typed) == value


@pytest.mark.parametrize("typed", [None, "", "  \n ", []])
@pytest.mark.parametrize(
    "kind", ["text", "long", "number", "date", "days", "moment", "person", "choice", "choices"]
)
def test_empty_field_is_missed_only_where_it_is_required(kind, typed):
    assert _checked(_field(kind, required=False), typed) is None
    error = _error(_field(kind), typed)
    assert (type(error), error.facts) == (FieldMissing, {"label": "One"})


@pytest.mark.parametrize(
    ("field", "typed", "error", "facts"),
    [
        (_field(limit=5), "sixsix", FieldTooLong, {"label": "One", "limit": 5, "length": 6}),
        (_field("number"), "twelve", FieldNotANumber, {"label": "One"}),
        (_field("number"), "-1", FieldNotANumber, {"label": "One"}),
        (_field("number"), "1" * 10, FieldNotANumber, {"label": "One"}),
        (_field("number"), "²", FieldNotANumber, {"label": "One"}),
        (_field("date"), "one day", FieldNotADate, {"label": "One", "what": "not_a_date"}),
        (_field("date"), "2026-11-01", FieldNotADate, {"label": "One", "what": "past"}),
        (_field("days"), "13-10 nov", FieldNotADate, {"label": "One", "what": "reversed"}),
        (_field("choice", choices=KINDS), "weakness", FieldNotAChoice,
         {"label": "One", "allowed": ["Strength", "To consider"]}),
        (_field("choices", choices=KINDS), ["strength", "weakness"], FieldNotAChoice,
         {"label": "One", "allowed": ["Strength", "To consider"]}),
    ],
)  # fmt: skip
def test_value_that_cannot_be_used_is_told_at_its_field(field, typed, error, facts):
    found = _error(field, typed)

    assert (type(found), found.facts) == (error, facts)


def test_text_of_just_its_limit_is_taken():
    assert _checked(_field(limit=5), " five! ") == "five!"


def test_errors_of_all_fields_are_told_at_once():
    shape = _shape(
        FieldShape(name="a", label="A"),
        FieldShape(name="b", label="B", kind="number"),
        _field(required=False),
    )
    with pytest.raises(FieldsWrong) as wrong:
        checked(shape, {"b": "x"}, TODAY, {})

    assert {name: type(error) for name, error in wrong.value.errors.items()} == {
        "a": FieldMissing, "b": FieldNotANumber
    }  # fmt: skip
    assert wrong.value.typed == {"b": "x"}


@pytest.mark.parametrize("written", ["", "Dana"])
@pytest.mark.parametrize("required", [True, False])
def test_person_who_is_picked_and_cannot_be_found_is_told_at_the_field(written, required):
    shape = _shape(_field("person", required=required), FieldShape(name="b", label="B", kind="person"))
    with pytest.raises(FieldsWrong) as wrong:
        checked(shape, {"one": written, "b": "Sam"}, TODAY, {}, frozenset({"one"}))

    assert {name: (type(error), error.facts) for name, error in wrong.value.errors.items()} == {
        "one": (FieldNotFound, {"label": "One"})
    }


def test_day_is_the_local_one_at_night():
    late = Today(now=datetime(2026, 7, 6, 23, 30, tzinfo=UTC), zone="Europe/London")

    assert late.day == date(2026, 7, 7)


@pytest.mark.parametrize(
    ("typed", "asks"), [({}, True), ({"one": ""}, True), ({"one": "x"}, False), ({"two": "x"}, True)]
)
def test_form_is_asked_for_while_a_required_field_is_missing(typed, asks):
    assert missing(_shape(_field(), FieldShape(name="two", label="Two", required=False)), typed) is asks


def test_choices_of_the_moment_are_offered_by_name():
    field = _field("choice", choices_from="people")
    offered = {"people": [(7, "Helen"), ("8", "Ruth")]}

    assert choices(field, offered) == (Choice(value="7", label="Helen"), Choice(value="8", label="Ruth"))
    assert _checked(field, "helen", offered) == "7"


def test_form_is_drawn_with_what_is_known_and_its_errors(desk):
    days, moment = (
        _field("days", hint="10-13 nov", limit=60),
        FieldShape(name="two", label="Two", kind="moment"),
    )
    shape = FormShape(
        key="f", title="Title", phrase="say it", submit="Save", intro="For **{{ who }}**.",
        fields=(days, moment),
    )  # fmt: skip
    drawn = form(
        shape,
        words=desk.words,
        known={"one": "x", "other": "y"},
        errors={"one": "No."},
        hidden={"challenge": 1},
        offered={"who": "<b>Ruth</b>"},
    )
    [one, two] = drawn.fields

    assert (drawn.title, drawn.phrase, drawn.submit, drawn.hidden) == (
        "Title",
        "say it",
        "Save",
        {"challenge": 1},
    )
    assert "".join(run.text for run in drawn.intro[0].runs) == "For <b>Ruth</b>."
    assert (one.kind, one.value, one.error, one.hint, one.limit) == ("text", "x", "No.", "10-13 nov", 60)
    assert (two.kind, two.value, two.error) == ("text", None, None)
