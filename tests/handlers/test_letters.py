"""A letter is decided about by those whose step that is; `delivery` shows each, and what it waits for."""

import pytest
from sqlalchemy import update

from handlers import held_up
from handlers.letters import LETTERS
from handlers.shapes import ROLES
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import PersonAccount
from store.room import Room
from tests.fakes.house import BEGINS, CHAT, TENANT
from tests.handlers.chat_rooms import bound
from tests.handlers.letter_box import (
    EVENING,
    answer_to,
    corrects,
    given,
    letter,
    sent,
    shown,
)

pytestmark = pytest.mark.usefixtures("a_team")


# Whose step it is


def test_form_opens_only_for_what_can_be_corrected(house):
    row = given(house)

    assert answer_to(house, "Jo", f"delivery correct {row.id}")[0] == "form_waits"
    assert answer_to(house, "Jo", f"delivery correct {row.id + 99}")[0] == "no_such_message"
    assert answer_to(house, "Jo", "delivery correct")[0] == "form_waits"


def test_task_inside_the_team_is_not_the_coordinators_to_change_or_to_read(house):
    row = given(house, by="Ruth", to="Martin", text="weigh the front door")
    for line in (f"delivery withdraw {row.id}", f"delivery correct {row.id} hello"):
        assert answer_to(house, "Jo", line)[0] == "not_your_step"
    house.says("Jo", f"delivery correct {row.id}")

    assert "weigh the front door" not in str(house.outcome())
    assert house.one(Outgoing, id=row.id).state == "ready"


def test_message_of_another_challenge_is_no_letter_here(house):
    row = given(house)
    house.says("Jo", "new northmere lga_full")

    for line in ("withdraw {}", "send {}", "correct {} hello"):
        said = f"delivery {line.format(row.id)} in northmere"
        assert answer_to(house, "Jo", said)[0] == "no_such_message"


def test_what_the_bot_says_by_itself_is_nobodys_to_take_back(house):
    def unit(session, post):
        jo = session.get_one(PersonAccount, (CHAT, TENANT, "jo")).person
        about = session.get_one(Challenge, 1)
        return post.to_person(jo, "peer_answered", {}, key="by itself", challenge=about).id

    number = house.post(unit)

    assert answer_to(house, "Jo", f"delivery withdraw {number}")[0] == "not_a_letter"


def test_daily_message_has_its_own_way_and_the_coordinator_knows_none(house):
    def unit(session, post):
        helen = session.get_one(PersonAccount, (CHAT, TENANT, "helen")).person
        about = session.get_one(Challenge, 1)
        return post.to_person(
            helen, "summary_released", {}, key="summary", challenge=about, hidden={"summary": 1}, late="hold"
        ).id

    number = house.post(unit)
    house.change(lambda session: setattr(session.get_one(Outgoing, number), "state", "held"))

    assert answer_to(house, "Jo", f"delivery withdraw {number}")[0] == "no_such_message"
    assert answer_to(house, "Ruth", f"delivery withdraw {number}")[0] == "not_a_letter"
    assert (shown(house, "Jo")["held"], shown(house, "Priya")["held"]) == ([], [])
    assert [(one["number"], one["hidden"]["summary"]) for one in shown(house, "Ruth")["held"]] == [
        (number, 1)
    ]


@pytest.mark.parametrize("template", sorted(LETTERS))
def test_letter_is_a_message_and_its_roles_are_roles(house, template):
    assert house.desk.words.audience(template) != "asker"
    assert LETTERS[template].whose <= set(ROLES)


# What is shown


def test_letters_in_a_list_are_told_apart_by_their_words_for_whoever_decides_about_them(house):
    sent(house, given(house, text="x" * 80))
    given(house, to="Priya", text="book romes")
    given(house, by="Ruth", to="Martin", text="weigh the front door")
    jo, ruth = (shown(house, name) for name in ("Jo", "Ruth"))

    assert [one["typed"] for one in jo["waiting"]] == ["", "book romes"]
    assert [one["typed"] for one in ruth["waiting"]] == ["weigh the front door", ""]
    assert [one["typed"] for one in jo["sent"] if one["typed"]] == ["x" * 60 + "…"]


def test_letter_that_was_corrected_is_still_found_by_the_number_it_had(house):
    row = given(house)
    sent(house, row)
    corrects(house, "Jo", row.id, "Book two rooms")
    facts = shown(house, "Jo", f"delivery {row.id}")

    assert (facts["to"], [one["number"] for one in facts["waiting"]]) == (str(row.id), [letter(house).id])


@pytest.mark.parametrize(
    ("of", "waits"),
    [
        ({"state": "sending"}, "leaving"),
        ({"state": "uncertain"}, "looking"),
        ({"not_before": EVENING}, "moment"),
        ({"retry_at": BEGINS, "attempts": 2}, "again"),
        ({"retry_at": BEGINS, "attempts": 0}, "patience"),
        ({"attempts": 0}, "turn"),
    ],
)
def test_message_says_what_it_waits_for(house, of, waits):
    row = given(house)
    house.change(lambda session: session.execute(update(Outgoing).where(Outgoing.id == row.id).values(**of)))

    assert [one["waits"] for one in shown(house, "Jo")["waiting"]] == [waits]


@pytest.mark.parametrize("state", ["wanted", "lost"])
def test_message_waits_for_a_room_that_does_not_stand(house, state):
    bound(house, "council")
    house.says("Ruth", 'ask host "learning plan" by 27 oct noon')
    house.change(lambda session: session.execute(update(Room).values(state=state)))
    row = letter(house, "request_to_council")

    assert held_up.by_what(row, house.clock.now()) == state


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        ("not_put_into_words", "it could not be put into words"),
        ("not_for_its_reader", "it may no longer be read there"),
        ("not_known_whether_made", "nobody can know whether it was made"),
        ("mistake", "the bot made a mistake"),
        ("no_account", "there is no account to send it to"),
        ("There is no such place.", "There is no such place."),
    ],
)
def test_message_that_was_not_delivered_says_why(house, failure, says):
    row = given(house)
    dead = {"state": "dead", "failure": failure}
    house.change(
        lambda session: session.execute(update(Outgoing).where(Outgoing.id == row.id).values(**dead))
    )

    assert f"task to Sam, Monday 6 July 9am: {says}" in house.says("Jo", "delivery").card.plain


def test_long_list_says_how_many_are_not_shown_and_all_are_on_request(house):
    for number in range(20):
        house.change(lambda session: session.execute(update(Outgoing).values(state="sent", sent_at=BEGINS)))
        house.clock.told = BEGINS.replace(day=7 + number)
        given(house, text=f"task {number}")
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent", sent_at=BEGINS)))
    few, every = shown(house, "Jo"), shown(house, "Jo", "delivery all")

    assert (len(few["sent"]), few["more"]["sent"]) == (15, len(every["sent"]) - 15)
    assert every["more"] == {"sent": 0, "failed": 0}
    assert every["sent"][:15] == few["sent"]


def test_list_for_one_person_or_room_or_number_holds_nothing_else(house):
    bound(house, "council")
    house.says("Ruth", 'ask host "learning plan" by 27 oct noon')
    task = given(house)
    to = {text: {one["to"] for one in shown(house, "Jo", f"delivery {text}")["waiting"]}
          for text in ("sam", "council", str(task.id), "nobody")}  # fmt: skip

    assert to == {"sam": {"Sam"}, "council": {"council"}, str(task.id): {"Sam"}, "nobody": set()}


def test_list_for_nobody_or_a_number_of_none_says_so(house):
    unknown = {text: shown(house, "Jo", f"delivery {text}")["unknown"]
               for text in ("sam", "99999", "nobody", "team", "all")}  # fmt: skip

    assert unknown == {"sam": "", "99999": "number", "nobody": "name", "team": "", "all": ""}
