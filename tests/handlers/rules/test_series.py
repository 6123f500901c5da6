from handlers.rules.series import (
    Question,
    answered,
    next_question,
    noted_before,
    numbered,
    previous_question,
    question_named,
)

ZERO = Question(key="zero", asks="Now?", counts=False, value="Yes.", noted_by="Priya")
ONE = Question(key="one", asks="Why?", required=True)
TWO = Question(key="two", asks="What?", value="This.")
THREE = Question(key="three", asks="When?", skipped=True)
FOUR = Question(key="four", asks="Who?", required=True, skipped=True)
ALL = [ZERO, ONE, TWO, THREE, FOUR]


def test_next_question_is_the_first_open_one_after_the_last_asked():
    assert next_question(ALL, "one") == FOUR


def test_next_question_at_the_end_comes_round_to_what_was_left_open():
    assert next_question(ALL, "four") == ONE


def test_next_question_with_all_settled_is_none():
    assert next_question([ZERO, TWO, THREE]) is None


def test_previous_question_is_the_one_before_even_when_answered():
    assert [previous_question(ALL, key) for key in ("zero", "three", "gone")] == [None, TWO, FOUR]


def test_question_that_does_not_count_has_no_number():
    assert [numbered(ALL, one.key) for one in ALL] == [0, 1, 2, 3, 4]


def test_answered_counts_what_counts():
    assert answered(ALL) == (2, 4)


def test_noted_before_a_question_is_what_others_wrote_down():
    assert noted_before(ALL, "two") == [ZERO]


def test_question_named_that_is_gone_is_none():
    assert question_named(ALL, "gone") is None


def test_many_is_more_than_usual():
    chosen = Question(key="areas", asks="Which?", usual=2, value=["a", "b", "c"])

    assert (chosen.many, TWO.many) == (True, False)
