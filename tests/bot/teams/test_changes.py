"""What Teams tells of its conversations, as what happened."""

import pytest

from bot.teams.changes import LOOK, UNREACHABLE, Change, changes
from bot.teams.conversations import Conversation
from tests.bot.teams.activity import APP, GROUP, IN_CHANNEL, JO, SERVICE, TENANT, activity

TEAM = "19:team@thread.tacv2"
CHANNEL = "19:channel@thread.tacv2"
ID = JO["aadObjectId"]
DANA = {"id": "29:dana", "aadObjectId": "e-dana"}
EVENT = f"teams:{TENANT}:event:1700000000001"

IN_TEAM = Conversation(address=TEAM, tenant=TENANT, kind="channel", service_url=SERVICE, team=TEAM)
IN_GROUP = Conversation(address=GROUP["id"], tenant=TENANT, kind="group", service_url=SERVICE)
PERSONAL = Conversation(address="a:1jo", tenant=TENANT, kind="personal", service_url=SERVICE)


def updated(event=None, where=None, **of):
    """A change of a team, as Teams tells it: the conversation is the team's first channel."""
    whole = {"id": TEAM, "conversationType": "channel", "isGroup": True, "tenantId": TENANT}
    about = {**IN_CHANNEL, "eventType": event} if event else IN_CHANNEL
    data = {"tenant": IN_CHANNEL["tenant"]} if where == GROUP else about
    return activity(type="conversationUpdate", text=None, conversation=where or whole, channelData=data, **of)


def installed(action, where=None, data=None):
    told = {"conversation": where, "channelData": data} if where else {}
    return activity(type="installationUpdate", text=None, action=action, **told)


def change(kind, where=IN_TEAM, **of):
    return Change(id=EVENT, kind=kind, where=where, **of)


def lost(why, **of):
    return change("room_gone", facts={"why": why}, gone=True, **of)


TOLD = [
    (updated("channelDeleted"), lost("deleted", address=CHANNEL)),
    (updated("channelRestored"), change(LOOK, address=CHANNEL, back=True)),
    (updated("teamArchived"), lost("archived", team=TEAM)),
    (updated("teamUnarchived"), change(LOOK, team=TEAM, back=True)),
    (updated("teamDeleted"), lost("deleted", team=TEAM)),
    (updated("teamHardDeleted"), lost("deleted", team=TEAM)),
    (updated("teamRestored"), change(LOOK, team=TEAM, back=True)),
    (updated("teamMemberAdded", membersAdded=[DANA]), change(LOOK, team=TEAM)),
    (updated("teamMemberRemoved", membersRemoved=[DANA]), change(LOOK, team=TEAM)),
    (updated("teamMemberAdded", membersAdded=[{"id": APP}]), change(LOOK, team=TEAM, back=True)),
    (updated("teamMemberRemoved", membersRemoved=[{"id": APP}]), lost("removed", team=TEAM)),
    (updated("channelMemberAdded", membersAdded=[DANA]), change("entered", user="e-dana", address=CHANNEL)),
    (
        updated("channelMemberRemoved", membersRemoved=[DANA]),
        change("departed", user="e-dana", address=CHANNEL),
    ),
    (updated("channelMemberRemoved", membersRemoved=[{"id": APP}]), lost("removed", address=CHANNEL)),
    (
        updated(where=GROUP, membersAdded=[DANA]),
        change("entered", where=IN_GROUP, user="e-dana", address=GROUP["id"]),
    ),
    (
        updated(where=GROUP, membersRemoved=[DANA]),
        change("departed", where=IN_GROUP, user="e-dana", address=GROUP["id"]),
    ),
    (
        updated(where=GROUP, membersAdded=[{"id": APP}]),
        change(LOOK, where=IN_GROUP, address=GROUP["id"], back=True),
    ),
    (
        updated(where=GROUP, membersRemoved=[{"id": APP}]),
        lost("removed", where=IN_GROUP, address=GROUP["id"]),
    ),
    (
        updated(where=GROUP, topicName="Exampleshire"),
        change("room_renamed", where=IN_GROUP, address=GROUP["id"], facts={"title": "Exampleshire"}),
    ),
    (installed("add"), change("installed", where=PERSONAL, address="a:1jo", user=ID)),
    (installed("remove"), change(UNREACHABLE, where=PERSONAL, address="a:1jo", user=ID)),
    (updated("channelShared"), change(LOOK, address=CHANNEL)),
    (updated("channelUnshared"), change(LOOK, address=CHANNEL)),
    (updated("channelCreated"), change(LOOK, address=CHANNEL)),
    (updated("teamRenamed"), change(LOOK, team=TEAM)),
    (updated("somethingNew"), change(LOOK, team=TEAM)),
    (
        updated(where=GROUP, membersAdded="everybody"),
        change(LOOK, where=IN_GROUP, address=GROUP["id"]),
    ),
    (updated(where=GROUP, membersAdded=[None, 7]), change(LOOK, where=IN_GROUP, address=GROUP["id"])),
    (
        installed("add", GROUP, {"tenant": {"id": TENANT}}),
        change(LOOK, where=IN_GROUP, address=GROUP["id"], back=True),
    ),
    (
        installed("remove", GROUP, {"tenant": {"id": TENANT}}),
        lost("removed", where=IN_GROUP, address=GROUP["id"]),
    ),
]


@pytest.mark.parametrize(("sent", "told"), TOLD)
def test_change_is_told_as_what_happened(sent, told):
    assert changes(sent) == (told,)


def test_renamed_channel_has_its_new_title():
    data = {**IN_CHANNEL, "eventType": "channelRenamed"}
    data["channel"] = {**data["channel"], "name": "Exampleshire peers"}
    sent = {**updated("channelRenamed"), "channelData": data}

    renamed = change("room_renamed", address=CHANNEL, facts={"title": "Exampleshire peers"})
    assert changes(sent) == (renamed,)


def test_several_who_come_at_once_are_told_one_by_one():
    sent = updated(
        where=GROUP, membersAdded=[DANA, {"id": "29:tom", "aadObjectId": "e-tom"}, {"id": "28:app"}]
    )

    assert [(one.id, one.user) for one in changes(sent)] == [(EVENT, "e-dana"), (f"{EVENT}:1", "e-tom")]


NOTHING = [
    installed("add-upgrade"), installed("remove-upgrade"), installed(None),
    activity(type="conversationUpdate", text=None, membersAdded=[JO]),
    activity(type="conversationUpdate", text=None, conversation={}),
]  # fmt: skip


@pytest.mark.parametrize("sent", NOTHING)
def test_what_is_of_no_use_is_nothing(sent):
    assert changes(sent) == ()
