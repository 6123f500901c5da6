from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from store.conversation import OpenQuestion
from store.person import Person
from store.role import Role
from store.scoping import KeyLine, ScopingAnswer
from tests.handlers.scoping_house import MONDAY, House, labels

HOSTILE = [
    "**bold** <b>b</b> <!channel> [x](https://evil.example)",
    "</script><script>alert(1)</script>",
    "{{ 7*7 }} {% raw %}",
    "مرحبا 👩‍👩‍👧 \u202egnirts",
]


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def asked(house):
    """Helen has started, and is asked question zero."""
    house.says("Helen", "scoping")
    house.says("Helen", "start")
    return house


def answers(house):
    return house.look(
        lambda session: {row.question: row.text for row in session.scalars(select(ScopingAnswer))}
    )


def lines(house):
    wanted = select(KeyLine).order_by(KeyLine.number)
    return house.look(lambda session: [row.text for row in session.scalars(wanted) if row.dropped_at is None])


def to_areas(house):
    house.says("Helen", "Yes.")
    return house.says("Helen", "Stretched.")


def test_scoping_before_its_first_question_says_who_reads(house):
    card = house.says("Helen", "scoping")

    assert "Priya (programme manager) and Ann (improvement adviser) can see your answers" in card.plain
    assert labels(card) == ["Start", "Later", "Form", "Ask Priya to call"]


def test_question_card_has_its_buttons(asked):
    card = to_areas(asked)

    assert labels(card)[:2] == ["Partnerships", "Demand"]
    assert labels(card)[-3:] == ["Skip", "Back", "Later"]


@pytest.mark.parametrize("text", HOSTILE)
def test_answer_with_markup_is_kept_and_shown_as_typed(asked, text):
    asked.says("Helen", text)

    assert answers(asked) == {"appropriate": text}
    assert text in asked.says("Helen", "show me what I said").plain


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("   ", "I need a word or two"),
        ("x" * 5000, "at most 3000 fit here"),
        ("NHS 943 476 5919", "haven't saved"),
    ],
)
def test_answer_that_cannot_be_kept_leaves_the_question_open(asked, text, told):
    assert told in asked.says("Helen", f"answer {text}").plain

    assert answers(asked) == {}
    assert "Saved. 1 of" in asked.says("Helen", "Yes.").plain


def test_answer_that_begins_like_a_command_can_be_said_as_an_answer(asked):
    asked.says("Helen", "answer new leadership since May")

    assert answers(asked) == {"appropriate": "new leadership since May"}


@pytest.mark.parametrize(
    "text",
    [
        "Council closed two children's homes last year",
        "Council open to challenge",
        "Pin our hopes on early help",
    ],
)
def test_answer_whose_first_words_are_a_command_that_takes_days_is_an_answer(asked, text):
    asked.says("Helen", text)

    assert answers(asked) == {"appropriate": text}


def test_command_in_between_keeps_the_question(asked):
    asked.says("Helen", "help")
    asked.says("Helen", "Yes.")

    assert answers(asked) == {"appropriate": "Yes."}


def test_skip_of_a_needed_question_is_said_and_it_comes_round_again(asked):
    assert "That one is needed" in asked.says("Helen", "skip").plain

    for text in ("Stretched.", "none", "A list."):
        asked.says("Helen", text)
    for _ in range(5):
        card = asked.says("Helen", "skip")
    assert "Is a peer challenge the right thing" in card.plain


def test_back_from_the_first_question_stays_there(asked):
    assert "This is the first question" in asked.says("Helen", "go back").plain


def test_change_puts_another_answer_in_the_place_of_the_first(asked):
    to_areas(asked)
    asked.says("Helen", "change 1")
    asked.says("Helen", "Something else.")

    assert answers(asked)["why_now"] == "Something else."


def test_change_of_a_question_that_is_not_there_is_refused(asked):
    assert "I have no question with that number" in asked.says("Helen", "change 99").plain


def test_button_of_an_earlier_question_changes_nothing(asked):
    areas = to_areas(asked)
    asked.says("Helen", "front door")

    assert "belongs to an earlier question" in asked.presses("Helen", areas, "Demand").plain
    assert "belongs to an earlier question" in asked.presses("Helen", areas, "Skip").plain
    assert answers(asked)["areas"] == "Front door"


def test_skip_with_no_question_open_is_refused(house):
    assert "No question of mine is open" in house.says("Helen", "skip").plain


# Areas and key lines


def test_areas_are_pressed_one_by_one_and_each_is_saved(asked):
    card = asked.presses("Helen", to_areas(asked), "Front door")
    assert answers(asked)["areas"] == "Front door"
    card = asked.presses("Helen", card, "Care leavers")
    card = asked.presses("Helen", card, "That's all")

    assert answers(asked)["areas"] == "Front door; Care leavers"
    assert "What should the team answer about front door?" in card.plain


def test_areas_by_number_and_in_own_words_are_understood(asked):
    to_areas(asked)
    asked.says("Helen", "5, and how we work with schools")

    assert answers(asked)["areas"] == "Front door; how we work with schools"


def test_more_areas_than_usual_are_remarked_on_and_kept(asked):
    to_areas(asked)
    card = asked.says("Helen", "1, 2, 3")

    assert "Usually it is 2" in card.plain
    assert answers(asked)["areas"] == "Partnerships; Demand; Corporate leadership"
    assert "about partnerships?" in asked.presses("Helen", card, "That's all").plain


def test_key_lines_follow_the_areas(asked):
    to_areas(asked)
    asked.says("Helen", "front door, care leavers")
    asked.says("Helen", "Are thresholds consistent?")
    asked.says("Helen", "Is support ready at 18?")
    assert lines(asked) == ["Front door: Are thresholds consistent?", "Care leavers: Is support ready at 18?"]

    asked.says("Helen", "change 2")
    asked.says("Helen", "care leavers")
    assert lines(asked) == ["Care leavers: Is support ready at 18?"]

    asked.says("Helen", "change 2")
    asked.says("Helen", "front door, care leavers")
    assert lines(asked) == ["Front door: Are thresholds consistent?", "Care leavers: Is support ready at 18?"]


TWO = "Are thresholds consistent and is early help working?"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("keep", [f"Front door: {TWO}"]),
        ("Split it.", ["Front door: Are thresholds consistent?", "Front door: Is early help working?"]),
        ("Is early help working?", ["Front door: Is early help working?"]),
    ],
)
def test_double_question_is_kept_split_or_reworded(asked, said, kept):
    to_areas(asked)
    asked.says("Helen", "front door")
    card = asked.says("Helen", TWO)
    assert "This may be two questions" in card.plain
    assert labels(card) == ["Split", "Reword", "Keep", "Later"]

    assert "When the team leaves" in asked.says("Helen", said).plain
    assert lines(asked) == kept


def test_reword_asks_the_question_again(asked):
    to_areas(asked)
    asked.says("Helen", "front door")
    card = asked.presses("Helen", asked.says("Helen", TWO), "Reword")

    assert f"So far: {TWO}" in card.plain


# Noting and confirming


def test_noted_answer_is_shown_to_the_sponsor_and_confirmed_by_going_on(house):
    house.says("Priya", "scoping helen")
    house.says("Priya", "start")
    house.says("Priya", "Yes, now.")
    house.says("Helen", "scoping")
    card = house.says("Helen", "start")
    assert (
        "Priya noted on “Is a peer challenge the right thing for the council now?”: Yes, now." in card.plain
    )

    house.says("Helen", "Stretched.")
    confirmed = house.look(
        lambda session: {row.question for row in session.scalars(select(ScopingAnswer)) if row.confirmed_at}
    )
    assert confirmed == {"appropriate", "why_now"}


def test_everything_noted_is_checked_by_the_sponsor_in_one_go(house):
    fields = dict.fromkeys(("appropriate", "why_now", "left_with", "feedback_format", "dates"), "Noted.")
    fields |= dict.fromkeys(("team_needs", "background", "who_should_know"), "Noted.")
    house.says("Priya", "scoping form", fields={**fields, "areas": ["Demand"]})
    house.says("Priya", "Is demand understood?")
    house.says("Helen", "scoping")
    card = house.says("Helen", "start")
    assert "This was noted for you. Is it right?" in card.plain
    assert "I didn't follow that" in house.says("Helen", "hmm").plain

    assert "That was the last question" in house.says("Helen", "yes").plain
    assert "Helen Test has answered" in house.told("Priya")[-1].plain


def test_coordinator_sees_only_what_they_noted(asked):
    asked.says("Helen", "A secret.")
    asked.says("Jo", "scoping")
    card = asked.says("Jo", "start")

    assert "Why now?" in card.plain
    assert "A secret." not in asked.says("Jo", "answers").plain


def test_improvement_adviser_reads_the_answers(asked):
    asked.says("Helen", "Yes, now.")

    assert "Yes, now." in asked.says("Ann", "scoping").plain


@pytest.mark.parametrize("name", ["Ruth", "Dana"])
def test_scoping_by_others_is_refused(asked, name):
    asked.says("Helen", "A secret.")

    assert "I can't do" in asked.says(name, "scoping").plain
    assert "I can't do" in asked.says(name, "scoping form").plain


def test_noting_for_somebody_who_is_not_the_sponsor_is_refused(house):
    assert "Ruth Test is not the sponsor" in house.says("Priya", "scoping ruth").plain


def test_asking_for_a_call_tells_the_programme_manager_once_a_day(house):
    assert "I have asked Priya to call you" in house.says("Helen", "scoping call").plain
    assert "was asked to call already today" in house.says("Helen", "scoping call").plain

    assert ["would rather talk than type" in card.plain for card in house.told("Priya")].count(True) == 1


# Later


def resume_at(house):
    return house.look(lambda session: session.scalars(select(OpenQuestion.resume_at)).one())


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("later", datetime(2026, 7, 7, 8, 30, tzinfo=UTC)),
        ("later friday", datetime(2026, 7, 10, 8, 30, tzinfo=UTC)),
        ("not now", datetime(2026, 7, 7, 8, 30, tzinfo=UTC)),
        ("remind me on Friday", datetime(2026, 7, 10, 8, 30, tzinfo=UTC)),
        ("later thu 3pm", datetime(2026, 7, 9, 14, 0, tzinfo=UTC)),
        ("later saturday", datetime(2026, 7, 13, 8, 30, tzinfo=UTC)),
    ],
)
def test_later_is_asked_again_when_the_person_works(asked, said, moment):
    asked.says("Helen", said)

    assert resume_at(asked) == moment


def test_later_says_which_day_is_not_worked(asked):
    def only_mondays_and_thursdays(session):
        helen = session.scalars(select(Person).where(Person.name == "Helen Test")).one()
        helen.working_days = "14"

    asked.look(only_mondays_and_thursdays)
    told = asked.says("Helen", "later").plain

    assert "You don't work Tuesdays and Wednesdays, so I'll ask once, Thursday 9 July at 9.30am" in told


def test_later_on_a_past_day_is_refused(asked):
    assert "That day is over" in asked.says("Helen", "later 1 july 2026").plain
    assert resume_at(asked) is None


def test_question_put_off_is_asked_once_more_and_only_once(asked):
    asked.says("Helen", "later")
    before = len(asked.told("Helen"))
    asked.at(MONDAY + timedelta(days=1, hours=1))
    asked.at(MONDAY + timedelta(days=2))
    asked.at(MONDAY + timedelta(days=9))

    cards = asked.told("Helen")[before:]
    assert ["Here is the question we stopped at" in card.plain for card in cards] == [True]
    assert "Saved. 1 of" in asked.says("Helen", "Yes.").plain


def test_plain_words_while_put_off_are_no_answer(asked):
    asked.says("Helen", "later")
    asked.says("Helen", "Yes.")

    assert answers(asked) == {}


def test_question_put_off_is_dropped_when_the_role_is_lost(asked):
    asked.says("Helen", "later")

    def stand_down(session):
        helen = session.scalars(select(Person).where(Person.name == "Helen Test")).one()
        session.scalars(select(Role).where(Role.person_id == helen.id)).one().ends = MONDAY.date()

    asked.look(stand_down)
    before = len(asked.told("Helen"))
    asked.at(MONDAY + timedelta(days=1, hours=1))

    assert len(asked.told("Helen")) == before
