import pytest
from sqlalchemy import select

from store.invitation import Invitation
from store.outbox import Outgoing
from tests.conftest import talk
from tests.handlers.team_begun import BEGUN, CONFIRMED, READY


async def test_invite_outside_working_hours_waits_for_the_morning(room):
    _, client = room
    await talk(
        client,
        READY
        + """
at 2026-07-10 18:30
Jo: invite @Dana from saltmarsh as peer for care leavers
Jo sees "Dana O'Neil (Saltmarsh) is invited as peer for care leavers"
at 2026-07-12 12:00
Dana never sees "possible peer"
at 2026-07-13 08:00
Dana sees "you as a possible peer"
""",
    )


async def test_invite_without_a_role_means_a_peer_and_of_the_council_side_is_said_at_the_field(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Jo: invite @Dana from saltmarsh
Jo sees "is invited as peer"
Jo: invite @Amir from wexborough as sponsor
Jo sees "must be one of: lead peer, peer"
""",
    )


async def test_invite_twice_is_answered_plainly_and_asks_once(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Jo: invite @Dana from saltmarsh as peer
Dana sees "Are you free?"
Ruth: invite @Dana as lead peer
Ruth sees "Dana O'Neil is invited as peer already. There is no answer yet"
Dana presses "Possibly"
Ruth: invite dana
Ruth sees "The answer was possibly"
Jo: confirm dana
Ruth: invite dana
Ruth sees "Dana O'Neil is peer in Exampleshire already"
""",
    )


async def test_invite_where_the_council_reads_or_without_the_role_is_refused(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: confirm @Sam as organiser
Sam: invite @Amir as peer
Sam sees "I can't do invite for you"
Dana: invite @Amir as peer
Dana sees "I can't do invite for you"
Ruth in team: /challenge invite @Amir from wexborough as peer
Ruth sees "Amir Farah (Wexborough) is invited as peer"
""",
    )


async def test_answer_changes_while_it_is_open_and_tells_whoever_asked_each_change_once(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Ruth: invite @Dana from saltmarsh as peer
Dana presses "Available"
Ruth sees "Dana O'Neil is available as peer"
Jo never sees "Dana O'Neil is available as peer"
Dana presses "Available"
Dana sees "You said available already"
Dana presses "Unavailable"
Ruth sees "Dana O'Neil is unavailable as peer"
Ruth presses "Confirm"
Ruth sees "answered unavailable. Nothing was changed"
Ruth: stand down dana
Ruth sees "Dana O'Neil is no longer invited as peer"
Dana sees "You no longer have a part"
Dana presses "Available"
Dana sees "I can't find a challenge of that name in which you have a part"
""",
    )


async def test_answers_of_one_evening_are_told_as_the_last_one_in_the_morning(room):
    rehearsal, client = room
    await talk(
        client,
        READY
        + """
Jo: invite @Dana from saltmarsh as peer
at 2026-07-06 19:00
Dana presses "Possibly"
Dana presses "Unavailable"
at 2026-07-07 09:00
Jo never sees "Dana O'Neil is possibly"
Jo: team
Jo sees "Dana O'Neil (Saltmarsh), peer: unavailable"
""",
    )
    told = await rehearsal.bot.ear.work(
        lambda session: session.scalars(
            select(Outgoing.state).where(Outgoing.template == "peer_answered").order_by(Outgoing.id)
        ).all()
    )
    assert told == ["withdrawn", "sent"]


async def test_answer_passed_on_by_a_coordinator_is_noted_with_who_passed_it_on(room):
    rehearsal, client = room
    await talk(
        client,
        READY
        + """
Jo: invite lucy as peer for front door
Jo fills "Invite": name=Lucy Ash; email=lucy@dunford.example; council=Dunford
Jo sees "Lucy Ash (Dunford) is invited as peer for front door"
Jo: available lucy
Jo sees "Noted: Lucy Ash is available for Exampleshire"
Jo presses "Connection and approval"
Jo fills "Connection and approval": connection=; director_approves=yes
Jo sees "Lucy Ash has no connection with Exampleshire to tell of. The director approves."
Jo: team
Jo sees "Lucy Ash (Dunford), peer for front door: available, director approves"
Jo: available nobody
Jo sees "I know nobody called nobody"
Jo: confirm @Sam as organiser
Sam: available lucy
Sam sees "I can't do available for you"
""",
    )

    def rows(session):
        asked = session.scalars(select(Invitation)).one()
        question = session.scalars(select(Outgoing).where(Outgoing.template == "invitation")).one()
        return asked.state, asked.answered_by == asked.invited_by, asked.connection, question.state

    assert await rehearsal.bot.ear.work(rows) == ("available", True, "", "by_hand")


async def test_answer_for_somebody_else_without_the_role_is_refused(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Jo: invite @Dana from saltmarsh as peer
Dana: available amir
Dana sees "You can answer for yourself"
Jo: available
Jo sees "I have no open question to Jo Baker"
""",
    )


async def test_connection_is_read_by_whoever_coordinates_and_nobody_else(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Jo: invite @Dana from saltmarsh as peer
Jo: confirm @Martin from northmere as lead peer
Dana presses "Available"
Dana presses "Connection and approval"
Dana fills "Connection and approval": connection=<b>My</b> cousin *works* there; director_approves=no
Dana sees "The director's approval is still to come"
Jo sees "<b>My</b> cousin *works* there"
Jo: confirm dana
Jo sees "Their own director's approval is not noted yet"
Martin: team
Helen: team
Martin never sees "cousin"
Helen never sees "cousin"
Ruth: team
Ruth never sees "cousin"
Dana presses "Connection and approval"
Dana fills "Connection and approval": connection=; director_approves=yes
Dana sees "Your place is settled already: confirmed"
""",
    )


async def test_invited_person_sees_the_invitation_and_nothing_else(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Jo: invite @Dana from saltmarsh as peer
Jo: ready
Dana: team
Dana sees "I can't do team for you"
Dana never sees "Helen"
""",
    )


async def test_invite_with_hostile_text_keeps_it_as_typed(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Jo: invite @Dana from saltmarsh as peer for {{ 7*7 }} <!channel> **x**
Dana sees "your experience of {{ 7*7 }} <!channel> **x**"
Jo: invite somebody
Jo fills "Invite": name=</script>{{ 7*7 }}; email=x@saltmarsh.example
Jo sees "</script>{{ 7*7 }} (Saltmarsh) is invited as peer"
""",
    )


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Yes, available!", "available"),
        ("I'm available.", "available"),
        ("Possibly available", "possibly"),
        ("I am not available", "unavailable"),
        ("not available", "unavailable"),
        ("Unavailable.", "unavailable"),
    ],
)
async def test_answer_is_understood_as_people_put_it(room, said, state):
    rehearsal, client = room
    await talk(client, f"{READY}\nJo: invite @Dana from saltmarsh as peer\nDana: {said}\n")
    asked = await rehearsal.bot.ear.work(lambda session: session.scalars(select(Invitation.state)).one())

    assert asked == state


async def test_answer_for_days_from_which_the_visit_moved_counts_no_more_until_given_anew(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Jo: invite @Dana from saltmarsh as peer
Dana: available
at 2026-07-06 10:30
Jo: dates move to 17 nov
Jo presses "Move the visit"
Dana sees "You said that you were available. Is that still so?"
Jo: team
Jo sees "available before the visit moved, asked again on 6 July 2026, no answer yet"
Jo: confirm dana
Jo sees "Dana O'Neil answered available before the visit moved, and was asked again for the new days"
Jo sees "Nothing was changed"
at 2026-07-06 11:30
Dana: home
Dana sees "You are asked to come as peer. Are you free?"
Dana: available
Jo: team
Jo sees "peer: available"
Jo: confirm dana
Jo sees "Dana O'Neil is peer in Exampleshire"
""",
    )


async def test_somebody_who_has_not_said_for_the_new_days_can_be_confirmed_all_the_same(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Jo: invite @Dana from saltmarsh as peer
Dana: available
at 2026-07-06 10:30
Jo: dates move to 17 nov
Jo presses "Move the visit"
Jo: confirm dana
Jo presses "Confirm all the same"
Jo sees "Dana O'Neil is peer in Exampleshire"
""",
    )
