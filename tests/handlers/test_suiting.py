"""Whether new days of the visit suit those who are confirmed: the question, and what follows from answers."""

from datetime import UTC, datetime

from sqlalchemy import select

from store.challenge import Challenge
from store.invitation import Invitation
from store.outbox import Outgoing
from store.role import Role
from tests.conftest import talk
from tests.handlers.team_begun import CONFIRMED, READY
from tests.handlers.test_moving import move, told

MOVED = (
    CONFIRMED
    + """
at 2026-07-06 10:30
Jo: dates move to 17 nov
Jo sees "I ask 3 people whether the new days suit: Ruth Ellis, Martin Reed and Dana O'Neil."
Jo presses "Move the visit"
Jo sees "3 people are asked whether the new days suit"
"""
)


async def test_team_is_asked_whether_new_days_suit_and_team_shows_who_has_not_answered(room):
    _, client = room
    await talk(
        client,
        MOVED
        + """
Dana sees "you as peer. The visit has moved: it was 10 to 13 November 2026 and is now 17 to 20 November 2026."
Jo: team
Jo sees "Dana O'Neil (Saltmarsh), asked on 6 July 2026 whether the new days suit, no answer yet"
Dana presses "Available"
Dana sees "I have noted that you are available on 17 to 20 November 2026. You are still peer"
Jo never sees "Dana O'Neil, peer, is"
Jo: team
Jo sees "Dana O'Neil (Saltmarsh), available on the new days"
Dana: team
Dana never sees "on the new days"
Dana: available
Dana sees "You said available already"
""",
    )


async def test_peer_who_cannot_come_on_new_days_keeps_the_place_and_the_coordinator_hears_what_to_do(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Jo: invite @Amir from wexborough as peer
Amir: available
Jo: confirm @Dana from saltmarsh as peer
at 2026-07-06 10:30
Jo: dates move to 17 nov
Jo presses "Move the visit"
Dana presses "Unavailable"
Dana sees "you are unavailable on 17 to 20 November 2026, and tell Jo Baker and Ruth Ellis."
Dana sees "You are still peer"
Ruth sees "you as peer challenge manager. Dana O'Neil, peer, is unavailable on the new days, 17 to 20"
Jo sees "Dana O'Neil keeps the place until you stand them down."
Jo sees "Amir Farah (Wexborough): available as peer, but said before the visit moved: no answer yet for the"
Jo presses "Stand Dana O'Neil down"
Jo sees "Dana O'Neil is no longer peer in Exampleshire"
Jo sees "Amir Farah (Wexborough): available as peer, but said before the visit moved: no answer yet for the"
""",
    )


async def test_peer_who_can_come_after_all_is_told_to_those_who_heard_that_they_could_not(room):
    _, client = room
    await talk(
        client,
        MOVED
        + """
Dana: unavailable
Jo sees "Dana O'Neil, peer, is unavailable on the new days"
at 2026-07-06 11:30
Dana: available
Dana sees "you are available on 17 to 20 November 2026, and tell Jo Baker and Ruth Ellis"
Jo sees "Dana O'Neil, peer, is available on the new days"
""",
    )


async def test_coordinator_passes_on_what_somebody_of_the_team_said_and_nobody_is_told_who_knows(room):
    _, client = room
    await talk(
        client,
        MOVED
        + """
Jo: unavailable dana
Jo sees "Dana O'Neil is unavailable for Exampleshire on 17 to 20 November 2026, and I tell Ruth Ellis."
Jo: team
Jo sees "Dana O'Neil (Saltmarsh), unavailable on the new days"
""",
    )


async def test_question_whether_new_days_suit_waits_on_ones_own_page_until_it_is_answered(room):
    _, client = room
    await talk(
        client,
        MOVED
        + """
Dana: home
Dana sees "The visit has moved to 17 to 20 November 2026. Are you free then?"
Dana presses "I am available"
Dana sees "I have noted that you are available on 17 to 20 November 2026"
at 2026-07-06 11:30
Martin: home
Martin sees "Are you free then?"
""",
    )


async def test_peer_whom_nobody_asked_about_new_days_has_nothing_to_answer(room):
    _, client = room
    await talk(client, CONFIRMED + 'Dana: available\nDana sees "no open question to Dana"\n')


# The same over a house in which time stands still


def _asked(house):
    rows = house.ask(select(Outgoing).where(Outgoing.template == "team_days_moved"))
    return [(row.person.name, row.facts["old_first"], row.facts["first_day"]) for row in rows]


def _in_the_evening(house):
    house.appoint("Martin", "lead_peer")
    house.says("Jo", "ready")
    house.make_room("liaison")
    house.clock.told = datetime(2026, 7, 6, 20, 0, tzinfo=UTC)


def test_question_that_has_not_left_is_not_asked_when_the_visit_is_moved_back(house):
    _in_the_evening(house)
    move(house, "to 16 nov")
    assert _asked(house) == [("Ruth", "2026-11-09", "2026-11-16"), ("Martin", "2026-11-09", "2026-11-16")]

    preview = move(house, "to 9 nov")
    assert ("Once you do it" in preview, told(house)) == (False, [])


def test_answer_to_an_earlier_question_is_none_to_the_newest(house):
    _in_the_evening(house)
    move(house, "to 16 nov")
    house.change(_all_sent)
    house.says("Martin", "available")
    assert "Martin, available on the new days" in house.says("Jo", "team").card.plain

    move(house, "to 23 nov")
    assert "Martin, to be asked whether the new days suit" in house.says("Jo", "team").card.plain


def _all_sent(session):
    for row in session.scalars(
        select(Outgoing).where(Outgoing.template.in_(("dates_told", "team_days_moved")))
    ):
        row.state, row.sent_at = "sent", row.queued_at


def test_whoever_moves_the_visit_stands_in_or_has_left_by_then_is_not_asked(house):
    _in_the_evening(house)
    house.appoint("Dana", "peer", ends=datetime(2026, 8, 1, tzinfo=UTC).date())
    lead = house.one(Role, role="lead_peer")
    house.appoint("Tom", "lead_peer", covers_id=lead.id)
    preview = house.says("Ruth", "dates move to 16 nov").card.plain

    assert "I ask 1 person whether the new days suit: Martin." in preview


def test_question_that_waits_to_be_passed_on_by_hand_is_not_asked_when_the_visit_is_moved_back(house):
    _in_the_evening(house)
    move(house, "to 16 nov")

    def to_pass_on(session):
        for row in session.scalars(select(Outgoing).where(Outgoing.template == "team_days_moved")):
            row.state = "by_hand"

    house.change(to_pass_on)
    move(house, "to 9 nov")
    assert _asked(house) == []


def test_move_there_back_and_there_again_while_the_clock_stands_is_asked_each_time(house):
    _in_the_evening(house)
    for day in ("16 nov", "9 nov", "16 nov"):
        move(house, f"to {day}")
        house.change(_all_sent)

    assert [days for name, *days in _asked(house) if name == "Martin"] == [
        ["2026-11-09", "2026-11-16"], ["2026-11-16", "2026-11-09"], ["2026-11-09", "2026-11-16"],
    ]  # fmt: skip


def _news(house):
    rows = house.ask(select(Outgoing).where(Outgoing.template == "suiting_told", Outgoing.state == "ready"))
    return [(row.person.name, row.facts["name"], row.facts["state"]) for row in rows]


def _asked_for_16_nov(house):
    _in_the_evening(house)
    move(house, "to 16 nov")
    house.change(_all_sent)


def test_answer_that_nobody_read_is_told_to_nobody_once_the_visit_is_moved_back(house):
    _asked_for_16_nov(house)
    house.says("Martin", "unavailable")
    assert _news(house) == [("Jo", "Martin", "unavailable"), ("Ruth", "Martin", "unavailable")]

    move(house, "to 9 nov")
    assert _news(house) == []


def test_answer_that_nobody_read_is_told_to_nobody_once_whoever_gave_it_was_stood_down(house):
    _asked_for_16_nov(house)
    house.says("Martin", "unavailable")
    house.says("Ruth", "stand down martin")

    assert _news(house) == []


def test_answer_given_taken_back_and_given_again_while_the_clock_stands_is_told(house):
    _asked_for_16_nov(house)
    for word in ("unavailable", "available", "unavailable"):
        house.says("Martin", word)

    assert _news(house) == [("Jo", "Martin", "unavailable"), ("Ruth", "Martin", "unavailable")]


def _card_of(house, name, template="team_days_moved"):
    rows = house.ask(select(Outgoing).where(Outgoing.template == template))
    return next(row.hidden for row in rows if row.person.name == name)


def _days(house):
    challenge = house.one(Challenge)
    return {"first_day": str(challenge.first_day), "last_day": str(challenge.last_day)}


def test_press_on_the_card_of_older_days_asks_for_the_days_as_they_are_now(house):
    _asked_for_16_nov(house)
    older = _card_of(house, "Martin")
    move(house, "to 23 nov")
    house.says("Martin", "available", hidden=older)
    answer = house.outcome()[1]
    again = answer["facts"]["hidden"]
    assert (answer["template"], again) == ("visit_moved_since", {"challenge": 1, **_days(house)})
    assert "Martin, to be asked whether the new days suit" in house.says("Jo", "team").card.plain

    house.says("Martin", "available", hidden=again)
    assert "Martin, available on the new days" in house.says("Jo", "team").card.plain


def test_press_on_the_invitation_after_the_visit_moved_asks_for_the_days_as_they_are_now(house):
    _in_the_evening(house)
    house.says("Jo", "invite martin from northmere as peer")
    invitation = _card_of(house, "Martin", "invitation")
    move(house, "to 16 nov")
    house.says("Martin", "available", hidden=invitation)
    answer = house.outcome()[1]
    assert (answer["template"], house.one(Invitation).state) == ("visit_moved_since", "asked")

    house.says("Martin", "available", hidden=answer["facts"]["hidden"])
    assert house.one(Invitation).state == "available"


def test_invited_person_who_answers_before_the_question_left_reads_for_which_days_and_is_not_asked(house):
    _in_the_evening(house)
    house.says("Jo", "invite martin from northmere as peer")
    house.says("Martin", "available")
    move(house, "to 16 nov")
    asked = house.one(Outgoing, template="invitation_moved")
    assert asked.state == "ready"

    said = house.says("Martin", "unavailable").card.plain
    assert "that you are unavailable on 16 to 19 November 2026" in said
    assert house.one(Outgoing, id=asked.id).state == "withdrawn"
    assert "Martin (Northmere), peer: unavailable" in house.says("Jo", "team").card.plain


def test_open_invitation_is_answered_in_words_by_somebody_of_the_team_who_has_answered_for_new_days(house):
    _asked_for_16_nov(house)
    house.clock.told = datetime(2026, 7, 7, 9, 0, tzinfo=UTC)
    house.says("Martin", "available")
    house.says("Jo", "invite martin from northmere as peer")
    house.says("Martin", "possibly available")

    answers = (house.one(Invitation).state, house.one(Role, role="lead_peer").answer)
    assert answers == ("possibly", "available")


def test_whoever_moves_the_visit_has_no_answer_and_no_question_any_more(house):
    _asked_for_16_nov(house)
    house.says("Ruth", "unavailable")
    house.says("Ruth", "dates move to 23 nov")
    house.says("Ruth", "dates confirm")

    team = house.says("Jo", "team").card.plain
    assert ("Ruth\n" in team, "Ruth, " in team) == (True, False)


def test_question_that_can_never_be_delivered_is_shown_as_such(house):
    _in_the_evening(house)
    move(house, "to 16 nov")

    def dead(session):
        for row in session.scalars(select(Outgoing).where(Outgoing.template == "team_days_moved")):
            row.state, row.failure = "dead", "no_account"

    house.change(dead)
    assert "Martin, could not be asked whether the new days suit" in house.says("Jo", "team").card.plain
