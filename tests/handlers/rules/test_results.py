from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.results import (
    Alone,
    Breakdown,
    Count,
    Limits,
    Reader,
    by_name,
    in_words,
    may_read_by_name,
    results,
    share,
    shuffled,
)

LIMITS = Limits(answers_from=5, percentages_from=10)
MANAGER = Reader(roles=frozenset({"programme_manager"}), rated=False)
ADVISER = Reader(roles=frozenset({"principal_adviser"}), rated=False)
RATED = Reader(roles=frozenset({"programme_manager", "coordinator"}), rated=True)


@dataclass(frozen=True)
class C:
    value: str
    label: str


SCALE = (C("great", "Great"), C("moderate", "Moderate"), C("small", "Small"), C("dont_know", "I don't know"))


@dataclass(frozen=True)
class Q:
    name: str
    kind: str = "choice"
    choices: tuple[C, ...] = ()
    positive: tuple[str, ...] = ()
    private_to: str | None = None
    asks: str = field(default="", compare=False)


TEAM = Q("team", choices=SCALE, positive=("great", "moderate"), asks="The team had the right mix.")
GAINED = Q("gained", kind="choices", choices=(C("ideas", "Ideas"), C("rest", "Rest")), asks="Gained?")
DAYS = Q("days", kind="number", asks="How many days?")
CHANGE = Q("change", kind="long", asks="What should change?")
PRIVATE = Q("private", kind="long", private_to="programme_manager", asks="For the programme manager alone?")
ALL = (TEAM, GAINED, DAYS, CHANGE, PRIVATE)


def told(sheets: list[dict[str, Any]], reader=MANAGER, questions=ALL, asked=None):
    return results(
        questions, sheets, asked=asked or len(sheets), answered=len(sheets), reader=reader, limits=LIMITS
    )


def test_results_of_four_are_the_response_rate_and_nothing_else():
    found = told([{"team": "great", "change": "Less reading"}] * 4, asked=6)
    assert (found.asked, found.answered, found.percent, found.few) == (6, 4, None, True)
    assert (found.breakdowns, found.alone) == ((), ())


def test_results_of_five_are_counts_without_percentages():
    sheets = [{"team": "great"}] * 3 + [{"team": "small"}, {"team": "dont_know"}]
    counts = (Count(label="Great", count=3), Count(label="Moderate", count=0), Count(label="Small", count=1))
    assert told(sheets, questions=[TEAM]).breakdowns == (
        Breakdown(
            name="team",
            asks="The team had the right mix.",
            kind="choice",
            answered=5,
            counts=(*counts, Count(label="I don't know", count=1)),
            positive=3,
        ),
    )


def test_results_of_ten_have_percentages_beside_the_counts():
    found = told([{"team": "great"}] * 6 + [{"team": "moderate"}] + [{"team": "small"}] * 3, questions=[TEAM])
    assert (found.percent, found.breakdowns[0].positive, found.breakdowns[0].percent) == (100, 7, 70)


def test_results_question_that_few_answered_has_no_breakdown():
    sheets = [{"team": "great", "days": 3}] * 4 + [{"days": 4}]
    assert told(sheets, questions=[TEAM]).breakdowns == (
        Breakdown(name="team", asks="The team had the right mix.", kind="choice", answered=4, few=True),
    )


def test_results_empty_sheets_do_not_make_a_group_larger():
    found = told([{"change": "Less reading"}, {}, {"team": ""}, {"gained": []}, {"change": None}])
    assert (found.answered, found.few, found.breakdowns) == (5, True, ())


def test_results_unfinished_sheets_do_not_make_a_group_larger():
    found = results(ALL, [{"team": "great"}] * 6, asked=6, answered=4, reader=MANAGER, limits=LIMITS)
    assert found.few


def test_results_several_choices_are_counted_for_each_person():
    sheets = [{"gained": ["ideas", "rest"]}] * 5
    counts = (Count(label="Ideas", count=5), Count(label="Rest", count=5))
    assert told(sheets, questions=[GAINED]).breakdowns == (
        Breakdown(name="gained", asks="Gained?", kind="choices", answered=5, counts=counts),
    )


def test_results_choice_that_left_the_file_is_still_counted():
    found = told([{"team": "excellent"}] * 5, questions=[TEAM]).breakdowns[0]
    assert found.counts[-1] == Count(label="excellent", count=5)


def test_results_number_is_an_average_and_no_single_number():
    found = told([{"days": number} for number in (4, 5, 5, 6, 7)], questions=[DAYS])
    assert found.breakdowns == (
        Breakdown(name="days", asks="How many days?", kind="number", answered=5, average="5.4"),
    )


def test_results_texts_are_without_names_in_no_order_of_time():
    texts = ["b", "a", "e", "d", "c"]
    found = told([{"change": text} for text in texts], questions=[CHANGE]).breakdowns[0].texts
    assert sorted(found) == sorted(texts)
    back = told([{"change": text} for text in reversed(texts)], questions=[CHANGE])
    assert found == back.breakdowns[0].texts


def test_shuffled_differs_between_questions():
    texts = [f"text {number}" for number in range(8)]
    assert shuffled("change", texts) != shuffled("take_home", texts)


def test_results_rated_reader_sees_counts_and_no_text():
    sheets = [{"team": "great", "change": f"secret {number}", "private": "secret"} for number in range(6)]
    found = told(sheets, RATED)
    assert [one.kind for one in found.breakdowns if one.answered] == ["choice"]
    assert found.alone == ()
    assert "secret" not in repr(found)


def test_results_private_text_reaches_its_role_however_few():
    sheets = [{"private": "A word about travel"}, {"team": "great"}]
    assert told(sheets).alone == (
        Alone(name="private", asks="For the programme manager alone?", texts=("A word about travel",)),
    )
    assert told(sheets, ADVISER).alone == ()
    assert "travel" not in repr(told([*sheets, *[{"team": "great"}] * 9], ADVISER))


def test_by_name_only_where_it_was_said_and_never_for_the_rated():
    found = [
        may_read_by_name(confidentiality, reader)
        for confidentiality in ("named", "confidential", "anonymous")
        for reader in (MANAGER, RATED)
    ]
    assert found == [True, False, False, False, False, False]


def test_by_name_shows_answers_in_words_and_private_ones_to_their_role():
    sheet = {"team": "great", "gained": ["ideas", "rest"], "days": 3, "change": "", "private": "A word"}
    said = [
        ("The team had the right mix.", "Great"),
        ("Gained?", "Ideas, Rest"),
        ("How many days?", "3"),
        ("For the programme manager alone?", "A word"),
    ]
    assert by_name(ALL, sheet, MANAGER) == said
    assert by_name(ALL, sheet, ADVISER) == said[:-1]


def test_in_words_of_a_choice_that_left_the_file_is_its_value():
    assert in_words(TEAM, "excellent") == "excellent"


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(0, 10, 0), (10, 10, 100), (0, 0, 0), (1, 3, 33), (2, 3, 67), (1, 8, 13), (1, 1000, 1), (999, 1000, 99)],
)
def test_share_is_the_nearest_and_only_all_are_a_hundred(part, whole, percent):
    assert share(part, whole) == percent


@given(st.integers(1, 500).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_share_is_never_more_than_one_off_and_honest_at_the_ends(pair):
    part, whole = pair
    percent = share(part, whole)
    assert abs(percent - 100 * part / whole) <= 1
    assert (percent == 0) == (part == 0)
    assert (percent == 100) == (part == whole)


SHEETS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "team": st.sampled_from([choice.value for choice in SCALE]),
            "gained": st.lists(st.sampled_from(["ideas", "rest"]), unique=True),
            "days": st.integers(0, 40),
            "change": st.sampled_from(["§one", "§two", "§three", ""]),
            "private": st.sampled_from(["¶one", "¶two"]),
        },
    ),
    max_size=14,
)
READERS = st.builds(
    Reader,
    roles=st.frozensets(st.sampled_from(["programme_manager", "principal_adviser", "coordinator", "peer"])),
    rated=st.booleans(),
)


@given(SHEETS, READERS)
def test_results_below_the_limit_do_not_depend_on_a_single_answer(sheets, reader):
    found = told(sheets, reader, questions=[TEAM, GAINED, DAYS, CHANGE])
    written = [sheet for sheet in sheets if any(sheet.get(one) not in (None, "", []) for one in sheet)]
    if len(written) < LIMITS.answers_from:
        blank = told([{} for _ in sheets], reader, questions=[TEAM, GAINED, DAYS, CHANGE])
        assert found == blank


@given(SHEETS, READERS)
def test_results_of_one_question_below_the_limit_do_not_depend_on_its_answers(sheets, reader):
    answered = [sheet for sheet in sheets if "team" in sheet]
    if len(answered) < LIMITS.answers_from:
        same = [{**sheet, "team": "small"} if "team" in sheet else sheet for sheet in sheets]
        assert told(sheets, reader) == told(same, reader)


@given(SHEETS, READERS)
def test_results_texts_reach_neither_the_rated_nor_a_reader_they_are_not_for(sheets, reader):
    found = repr(told(sheets, reader))
    if reader.rated or len(sheets) < LIMITS.answers_from:
        assert "§" not in found
    if reader.rated or "programme_manager" not in reader.roles:
        assert "¶" not in found


@given(SHEETS, READERS, st.randoms(use_true_random=False))
def test_results_do_not_depend_on_the_order_of_sheets(sheets, reader, random):
    mixed = list(sheets)
    random.shuffle(mixed)
    assert told(sheets, reader) == told(mixed, reader)


@given(SHEETS, READERS)
def test_results_percentages_stand_only_beside_enough_answers(sheets, reader):
    for one in told(sheets, reader).breakdowns:
        assert (one.percent is None) or (one.answered >= LIMITS.percentages_from and one.counts)
        assert not (one.few and (one.counts or one.texts or one.average))
