import pytest

from bot.fields import as_asked, chosen, known
from handlers.message import Choice, Field


@pytest.mark.parametrize(
    ("kind", "value", "asked"),
    [
        ("number", "12", "number"),
        ("number", 12, "number"),
        ("number", "about ten", "text"),
        ("number", None, "number"),
        ("date", "2026-11-11", "date"),
        ("date", "next Friday", "text"),
        ("text", "a\nb", "long"),
        ("number", "a\nb", "long"),
        ("text", "a", "text"),
    ],
)
def test_as_asked_value_that_its_control_cannot_show_is_asked_as_text(kind, value, asked):
    assert as_asked(Field(name="n", label="N", kind=kind, value=value)).kind == asked


def test_known_nothing_is_empty_text():
    assert known(Field(name="n", label="N")) == ""


def test_chosen_values_are_those_among_the_choices():
    field = Field(
        name="n",
        label="N",
        choices=(Choice(value="a", label="A"), Choice(value="b", label="B")),
        value=["b", "x"],
    )

    assert chosen(field) == ("b",)
