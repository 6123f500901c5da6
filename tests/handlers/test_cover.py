from sqlalchemy import select

from store.role import Role
from store.room import RoomMember
from store.task import Task
from tests.conftest import talk
from tests.handlers.team_begun import BEGUN, CONFIRMED, READY


async def test_cover_by_the_sponsor_holds_for_its_days_and_no_longer(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Helen: cover me with @Tom 11-12 nov
Helen sees "Tom Hale stands in for Helen Marsh as sponsor, Wednesday 11 November to Thursday 12 November"
Tom sees "Exampleshire, you as sponsor from Wednesday 11 November to Thursday 12 November"
Jo sees "Tom Hale stands in for Helen Marsh as sponsor"
Helen: cover me with tom 12 nov
Helen sees "Tom Hale covers Wednesday 11 November to Thursday 12 November already"
at 2026-11-10 23:30
Tom: team
Tom sees "You have no part in a challenge yet"
at 2026-11-11 00:10
Tom: team
Tom sees "Tom Hale (Exampleshire), for Helen Marsh Wednesday 11 November to Thursday 12 November"
at 2026-11-12 23:50
Tom: team
Tom sees "who is confirmed"
at 2026-11-13 00:10
Tom: team
Tom sees "You have no part in a challenge yet"
""",
    )


async def test_cover_of_the_sponsor_by_anybody_else_is_refused(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: confirm @Sam as organiser
Jo: cover helen with @Tom 11-12 nov
Jo sees "A deputy on the council's side is named by the sponsor, nobody else"
Helen: cover sam with @Tom 11-12 nov
Helen sees "Tom Hale stands in for Sam Field as council organiser"
Sam sees "Helen Marsh asked Tom Hale to stand in for you"
Helen: cover martin with @Tom 11-12 nov
Helen sees "You can't give or take the role of lead peer"
Sam: cover sam with @Tom 11-12 nov
Sam sees "I can't do cover for you"
""",
    )


async def test_cover_for_the_councils_side_must_work_for_the_council(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Jo: invite @Dana from saltmarsh as peer
Helen: cover me with @Dana 11-12 nov
Helen sees "Dana O'Neil does not work for the council"
Helen: cover me with dana 11-12 nov
Helen sees "I know nobody called dana yet"
Helen: cover me with me 11-12 nov
Helen sees "Helen Marsh is the same person"
Helen never sees "Saltmarsh"
Helen: cover me with lena 11-12 nov
Helen fills "Cover": deputy=Lena Ash; email=lena@exampleshire.example
Helen sees "Lena Ash stands in for Helen Marsh as sponsor"
""",
    )


async def test_cover_with_days_that_cannot_be_is_said_at_the_field(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Helen: cover me with @Tom 12-11 nov
Helen sees "The last day is before the first"
Helen: cover me with @Tom 1 july 2026
Helen sees "That day has passed already"
Helen: cover me with @Tom
Helen sees "Cover"
Helen fills "Cover": days=soon
Helen sees "I cannot read this as a date"
Helen fills "Cover": days=6-8 july
Helen sees "Tom Hale stands in for Helen Marsh as sponsor, Monday 6 July to Wednesday 8 July"
""",
    )


async def test_cover_in_the_team_lets_the_deputy_into_the_room_that_morning_and_out_again(room):
    rehearsal, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: cover martin with @Sam 10-11 nov
Jo sees "Sam Field works for Exampleshire"
Jo: cover martin with @Ruth 10-11 nov
Jo sees "Two different people must agree"
Jo: cover martin with @Amir 10-11 nov
Jo fills "Cover": council=Wexborough
Jo sees "Amir Farah stands in for Martin Reed as lead peer"
Martin sees "Jo Baker asked Amir Farah to stand in for you"
at 2026-11-09 12:00
""",
    )
    assert await rehearsal.bot.ear.work(_rooms_of_amir) == []
    await talk(client, "at 2026-11-10 00:10\n")
    assert await rehearsal.bot.ear.work(_rooms_of_amir) == ["inside"]
    await talk(client, "at 2026-11-12 00:10\n")
    assert await rehearsal.bot.ear.work(_rooms_of_amir) == []


def _rooms_of_amir(session):
    amir = session.scalars(select(Role.person_id).where(Role.covers_id.is_not(None))).first()
    return list(session.scalars(select(RoomMember.state).where(RoomMember.person_id == amir)))


async def test_cover_ends_with_the_part_it_stands_in_for(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: cover martin with @Amir 6-11 july
Jo fills "Cover": council=Wexborough
Amir: team
Amir sees "lead peer: Martin Reed (Northmere); Amir Farah (Wexborough), for Martin Reed"
Jo: stand down martin
Amir: team
Amir sees "You have no part in a challenge yet"
""",
    )


async def test_cover_of_somebody_with_two_roles_asks_which_one(room):
    _, client = room
    await talk(
        client,
        READY
        + """
Jo: confirm @Priya as principal adviser in exampleshire
Jo: confirm @Priya as improvement adviser in exampleshire
Jo: cover priya with @Amir 11-12 nov
Jo sees "Priya Shah holds several roles. Which one do you mean?"
Jo presses "principal adviser"
Jo sees "Amir Farah stands in for Priya Shah as principal adviser"
Jo: cover nobody with @Amir 11-12 nov
Jo sees "I know nobody called nobody"
""",
    )


async def test_hand_over_now_passes_role_tasks_and_answers(room):
    rehearsal, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: confirm @Priya as coordinator in exampleshire
Priya: invite @Amir from wexborough as peer
Jo: task priya "book rooms" by 20 oct
Jo: hand over priya to @Tom in exampleshire
Jo sees "Tom Hale is project coordinator in Exampleshire, in the place of Priya Shah. 1 open task went along"
Tom sees "You take over from Priya Shah"
Priya sees "Jo Baker passed your part (project coordinator) to Tom Hale"
Priya: team
Priya sees "You have no part in a challenge yet"
Amir presses "Available"
Tom sees "Amir Farah is available as peer"
Priya never sees "Amir Farah is available"
Jo: hand over priya to tom
Jo sees "I know nobody called priya"
""",
    )
    owner = select(Task.owner_id).where(Task.title == "book rooms")
    new = select(Role.person_id).where(Role.succeeds_id.is_not(None))
    assert await rehearsal.bot.ear.work(lambda session: session.scalar(owner) == session.scalar(new))


async def test_hand_over_from_a_day_takes_effect_that_morning(room):
    rehearsal, client = room
    await talk(
        client,
        READY
        + """
Jo: confirm @Sam as organiser
Jo: task sam "find a room" by 20 oct
Helen: hand over sam to @Tom from 12 oct
Helen sees "Tom Hale is council organiser in Exampleshire from Monday 12 October, in the place of Sam Field"
Helen: hand over sam to @Tom from 14 oct
Helen sees "Sam Field is council organiser only until Sunday 11 October"
at 2026-10-11 23:00
Sam: team
Sam sees "council organiser"
Tom: team
Tom sees "You have no part"
at 2026-10-12 00:10
Sam: team
Sam sees "You have no part"
Tom: team
Tom sees "who is confirmed"
""".replace('Sam sees "council organiser"', 'Sam sees "organiser: Sam Field"'),
    )
    owner = select(Task.owner_id).where(Task.title == "find a room")
    new = select(Role.person_id).where(Role.succeeds_id.is_not(None))
    assert await rehearsal.bot.ear.work(lambda session: session.scalar(owner) == session.scalar(new))


async def test_hand_over_what_one_may_not_give_or_to_oneself_or_on_a_past_day_is_refused(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Ruth: hand over jo to ruth
Ruth sees "You can't give or take the role of project coordinator"
Helen: hand over martin to @Tom
Helen sees "You can't give or take the role of lead peer"
Jo: hand over dana to dana
Jo sees "Dana O'Neil is the same person"
Jo: hand over dana to martin from 1 july 2026
Jo sees "That day has passed already"
Jo: hand over dana to sam@exampleshire.example
Jo fills "Hand over": to=Sam Field
Jo sees "Sam Field works for Exampleshire"
Jo: hand over dana
Jo sees "Hand over"
Jo: hand over amir to dana
Jo sees "I know nobody called amir"
""",
    )


async def test_hand_over_of_a_programme_wide_role_is_for_this_challenge(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Jo: hand over me to @Priya
Jo sees "Priya Shah is project coordinator in Exampleshire, in the place of Jo Baker."
Jo sees "Jo Baker keeps the role for the rest of the programme"
Jo sees "Nobody is told before"
Priya never sees "take over"
""",
    )
