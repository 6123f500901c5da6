from datetime import date

import pytest

from handlers.message import Choice
from handlers.rules.answers import NotAnAnswer, as_said, read_answer, toggled
from handlers.rules.series import Question

TODAY = date(2026, 7, 6)
AREAS = ("Partnerships", "Early help", "Front door", "Care leavers", "Quality assurance and performance")
SCALE = (("great", "To a great extent"), ("small", "To a small extent"), ("not_at_all", "Not at all"))


def question(kind, own_words=False, limit=3000):
    choices = {
        "choices": tuple(Choice(value=name, label=name) for name in AREAS),
        "choice": tuple(Choice(value=value, label=label) for value, label in SCALE),
    }
    return Question(
        key="q", asks="?", kind=kind, own_words=own_words, limit=limit, choices=choices.get(kind, ())
    )


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("long", "  As typed.\nTwice.  ", "As typed.\nTwice."),
        ("number", "12", 12),
        ("number", "about 5 days", 5),
        ("number", "four", 4),
        ("date", "10 november", "2026-11-10"),
        ("choice", "1", "great"),
        ("choice", "to a GREAT extent.", "great"),
        ("choice", "not at all", "not_at_all"),
        ("choice", "small", "small"),
        ("choices", "front door", ["Front door"]),
        ("choices", "3, 4", ["Front door", "Care leavers"]),
        ("choices", "3 4", ["Front door", "Care leavers"]),
        ("choices", "Front door and care leavers", ["Front door", "Care leavers"]),
        ("choices", "the front door; quality assurance and performance", [AREAS[2], AREAS[4]]),
        ("choices", "front door, front door", ["Front door"]),
        ("choices", "None of these.", []),
    ],
)
def test_answer_is_read(kind, typed, value):
    assert read_answer(question(kind), typed, TODAY) == value


def test_answer_in_own_words_is_kept_beside_choices():
    typed = "early help, and how we work with schools"

    assert read_answer(question("choices", own_words=True), typed, TODAY) == [
        "Early help",
        "how we work with schools",
    ]
    assert read_answer(question("choice", own_words=True), "It depends.", TODAY) == "It depends."


@pytest.mark.parametrize(
    ("kind", "typed", "what"),
    [
        ("long", " \n ", "empty"),
        ("long", "x" * 5000, "too_long"),
        ("number", "a few", "not_a_number"),
        ("number", "2.5", "not_a_number"),
        ("number", "between 2 and 3", "not_a_number"),
        ("date", "soon", "not_a_date"),
        ("choice", "4", "not_a_choice"),
        ("choice", "to a", "not_a_choice"),
        ("choice", "great and small", "not_a_choice"),
        ("choices", "front door, moon", "not_a_choice"),
    ],
)
def test_answer_that_is_none_is_refused(kind, typed, what):
    with pytest.raises(NotAnAnswer) as refused:
        read_answer(question(kind), typed, TODAY)
    assert refused.value.what == what


def test_choice_in_own_words_has_its_own_limit():
    with pytest.raises(NotAnAnswer) as refused:
        read_answer(question("choices", own_words=True), "x" * 101, TODAY)
    assert (refused.value.what, refused.value.limit, refused.value.length) == ("too_long", 100, 101)


def test_yes_is_understood_in_other_words():
    check = Question(key="q", asks="?", kind="choice", choices=(Choice(value="yes", label="Yes"),))

    assert read_answer(check, "Yep", TODAY) == "yes"
    assert read_answer(check, "That's right.", TODAY) == "yes"


def test_toggled_takes_out_what_is_in_but_not_the_last():
    chosen = Question(key="q", asks="?", kind="choices", value=["a"])

    assert [toggled(chosen, "b"), toggled(chosen, "a")] == [["a", "b"], ["a"]]


def test_as_said_reads_labels():
    assert as_said(question("choice"), "great") == "To a great extent"
    assert as_said(question("choices"), ["Front door", "schools"]) == "Front door; schools"
