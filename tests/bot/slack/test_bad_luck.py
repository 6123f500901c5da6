"""What goes wrong with Slack, and in it: nothing lost, nothing doubled, people told what they must do."""

import asyncio

import pytest

from tests.fakes.slack import channels
from tests.fakes.slack_stage.house import slack_house
from tests.fakes.staging import doubled, holds

OPENING = """
person "Jo Baker", council="Regional programme", email="jo@programme.example"
person "Ruth Ellis", council="Regional programme", email="ruth@programme.example"
person "Helen Marsh", council="Exampleshire County Council", email="helen@exampleshire.example"
person "Martin Lowe", council="Borough of Northmere", email="martin@northmere.example"
at 2026-07-06 09:30
Jo: claim rehearsal
Jo: new exampleshire lga_full 10-13 nov
Jo: confirm @Ruth from Regional programme as peer challenge manager
Jo: confirm @Martin from Northmere as lead peer
Jo: ready
"""


@pytest.fixture
async def slack(tmp_path):
    """Exampleshire is open: Ruth is challenge manager, Martin lead peer, and they have their team room."""
    async with slack_house(tmp_path) as house:
        await house.goes_on(OPENING)
        yield house


def team_room(slack):
    return slack.stage.room_of("Ruth", "team", "")


def programme_room(slack):
    return slack.stage.room_of("Jo", "programme", "")


# Slack itself


async def test_room_held_back_for_thirty_seconds_waits_them_while_all_else_goes_on(slack):
    team = team_room(slack)
    others = []  # no edits: where Slack asks for patience with one, it counts them all
    slack.clock.while_waiting = lambda: others.append(
        (holds(slack, "Helen", "You have been named sponsor"), holds(slack, "Ruth", "Helen Marsh", team))
    )
    slack.peer.unkind.too_many("chat.update", seconds=30, when=lambda args: args["channel"] == team.id)

    await slack.goes_on("Jo: confirm @Helen as sponsor")

    assert others[-1] == (1, 0)
    assert 20 < max(slack.clock.waits) <= 30
    assert holds(slack, "Ruth", "Helen Marsh", team) == 1
    assert doubled(slack) == []


async def test_line_dropped_after_slack_accepted_leaves_each_thing_there_once(slack):
    for method in ("chat.postMessage", "chat.update", "conversations.create", "conversations.invite"):
        slack.peer.unkind.drop_after(method, times=None)

    slack.clock.while_waiting = slack.peer.unkind.stop
    await slack.goes_on("Jo: confirm @Helen as sponsor")

    assert len(slack.clock.waits) > 0
    assert holds(slack, "Helen", "You have been named sponsor") == 1
    assert doubled(slack) == []


async def test_room_whose_making_was_answered_by_silence_is_made_once(tmp_path):
    async with slack_house(tmp_path) as slack:
        slack.peer.unkind.drop_after("conversations.create", times=3)
        await slack.goes_on(OPENING)

        rooms = [one.name for one in slack.peer.workspace.channels.values() if one.kind == "private"]
        assert rooms == ["programme", "exampleshire-peer-team-room"]
        assert holds(slack, "Martin", "peer team room. The council is not here") == 1


async def test_revoked_token_holds_everything_until_it_is_given_back(slack, logged):
    team = team_room(slack)
    meanwhile = []

    def give_back_in_the_end():
        meanwhile.append(holds(slack, "Jo", "Key line of enquiry 1 added"))
        if len(meanwhile) == 5:
            slack.peer.unkind.stop()

    slack.clock.while_waiting = give_back_in_the_end
    slack.peer.unkind.error("token_revoked", times=None)
    await slack.goes_on("Jo: kloe add Front door: are thresholds consistent?")

    assert meanwhile[:5] == [0, 0, 0, 0, 0]
    assert holds(slack, "Jo", "Key line of enquiry 1 added") == 1
    assert holds(slack, "Martin", "Evidence: Front door 0", team) == 1
    assert doubled(slack) == []
    assert logged.getvalue().count('"slack_token_refused"') == 1


# What people do to rooms and accounts


LOST = {
    "archived": ("the channel was archived", lambda slack, team: slack.peer.archive(_ruth(slack), team),
                 lambda slack, team: slack.peer.unarchive(_ruth(slack), team)),
    "removed": ("I was taken out of the channel", lambda slack, team: slack.peer.remove_app(team),
                lambda slack, team: slack.peer.invite_app(team, by=_ruth(slack))),
}  # fmt: skip


def _ruth(slack):
    return slack.stage.users["Ruth"]


@pytest.mark.parametrize("how", LOST)
async def test_lost_room_is_told_of_and_what_it_is_owed_waits_until_it_is_back(slack, how):
    why, lose, give_back = LOST[how]
    team = team_room(slack)

    await lose(slack, team)
    await slack.goes_on("Jo: kloe add Front door: are thresholds consistent?")
    meanwhile = [holds(slack, who, "Evidence: Front door") for who in ("Jo", "Ruth", "Martin")]
    told = [holds(slack, "Ruth", why), holds(slack, "Martin", why), holds(slack, "Jo", "is lost to me")]
    await give_back(slack, team)
    await slack.stage.rest()

    assert meanwhile == [0, 0, 0]
    assert told == [1, 0, 1]
    assert holds(slack, "Jo", "is lost to me") == 0
    assert holds(slack, "Martin", "Evidence: Front door 0", team) == 1
    assert doubled(slack) == []


async def test_room_lost_without_a_word_is_noticed_by_the_next_message_to_it(slack):
    team = team_room(slack)
    watchers = list(slack.peer.workspace.watchers)
    slack.peer.workspace.watchers.clear()
    channels.leave(slack.peer.workspace, team, slack.peer.app.bot, "removed")
    slack.peer.workspace.watchers.extend(watchers)

    await slack.goes_on("Jo: kloe add Front door: are thresholds consistent?")

    assert holds(slack, "Ruth", "I was taken out of the channel") == 1
    await slack.peer.invite_app(team, by=_ruth(slack))
    await slack.stage.rest()
    assert holds(slack, "Martin", "Evidence: Front door 0", team) == 1
    assert doubled(slack) == []


async def test_renamed_channel_is_the_same_room(slack):
    team = team_room(slack)
    await slack.peer.rename(_ruth(slack), team, "peers-of-exampleshire")
    await slack.goes_on("Jo: kloe add Front door: are thresholds consistent?")

    assert holds(slack, "Martin", "Evidence: Front door 0", team) == 1
    assert holds(slack, "Ruth", "I have lost") == 0
    assert doubled(slack) == []


async def test_deactivated_person_is_reached_by_hand_and_people_are_told(slack):
    await slack.peer.deactivate(slack.stage.users["Martin"])
    await slack.goes_on("""
Jo: reach
Jo sees "Martin Lowe, lead peer, Northmere: not any more: the account in Slack was deactivated"
Jo: stand down martin
Jo: delivery
Jo sees "To be passed on by hand"
Jo sees "end of a part to Martin Lowe"
""")
    assert holds(slack, "Jo", "Reach: 2 of 2 people can be reached", programme_room(slack)) == 1
    assert holds(slack, "Martin", "You no longer have a part") == 0


# Two at once, late, and again


async def test_form_sent_in_after_the_challenge_moved_on_changes_nothing_and_says_so(slack):
    await slack.goes_on("""
Jo: kloe add Front door: are thresholds consistent?
Jo in programme: /challenge kloe edit 1
Jo: kloe drop 1
Jo fills "Change a key line": text=Front door: is early help enough?
Jo sees "There is no key line 1"
Jo: status
""")
    assert holds(slack, "Jo", "early help") == 0


async def test_two_people_who_press_agree_at_once_release_the_message_once(slack):
    await slack.goes_on("""
Jo: confirm @Helen as sponsor
Jo: kloe add Front door: are threshold decisions consistent?
at 2026-11-10 11:20
Martin: note front door strength Staff explain thresholds in the same way
at 2026-11-10 17:10
Ruth: summary
""")
    answers = await asyncio.gather(slack.stage.press("Martin", "Agree"), slack.stage.press("Ruth", "Agree"))
    await slack.stage.rest()

    assert [one.answers for one in answers] == [1, 1]
    assert holds(slack, "Helen", "Emerging themes") == 1
    assert doubled(slack) == []


async def test_event_delivered_again_after_three_seconds_while_it_is_being_heard_is_heard_once(tmp_path):
    async with slack_house(tmp_path) as slack:
        slack.peer.deliverer.patience = 0.3
        slack.peer.unkind.slow("users.info", seconds=0.7, times=1)
        await slack.goes_on("""
person "Jo Baker", email="jo@programme.example"
Jo: claim rehearsal
""")
        assert [one.attempt for one in slack.peer.deliverer.deliveries][:2] == [0, 1]
        assert holds(slack, "Jo", "first project coordinator") == 1
        assert len(slack.plain("Jo")) == 1


async def test_command_answered_later_than_slack_waits_is_answered_once(slack):
    slack.peer.unkind.slow("users.info", seconds=2.8, times=1)
    helen = slack.stage.users["Helen"]
    general = slack.peer.add_channel("general", helen, private=False)
    slack.peer.workspace.switches.guests_command = True
    act = await slack.peer.slash(helen, general, "status")
    await slack.stage.rest()

    assert act.trouble is None
    assert len(slack.plain("Helen")) == 1
