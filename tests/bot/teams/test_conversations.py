"""Where an activity came from is read from the activity, whatever else is in it."""

import pytest

from bot.teams.conversations import Conversation, account_id, conversation_of
from bot.teams.transport import Reference

TENANT = "6f0e5a52-0c3e-4d6a-9b67-1d0c5f2e9a01"
URL = "https://smba.trafficmanager.net/uk/"
RUTH = {"id": "29:1ruth", "aadObjectId": "ruths-id", "name": "Ruth"}
BOT = {"id": "28:app", "name": "Critical Friend"}


def _activity(conversation, **other):
    return {"type": "message", "serviceUrl": URL, "from": RUTH, "conversation": conversation, **other}


def test_personal_chat_is_known_and_not_yet_whom_it_is_with():
    activity = _activity({"id": "a:1", "conversationType": "personal", "tenantId": TENANT.upper()})

    assert conversation_of(activity) == Conversation(
        address="a:1", tenant=TENANT, kind="personal", service_url=URL
    )


def test_channel_is_known_without_its_thread_and_with_its_team():
    activity = _activity(
        {"id": "19:1@thread.tacv2;messageid=17", "conversationType": "channel", "isGroup": True},
        channelData={"tenant": {"id": TENANT}, "team": {"id": "19:team@thread.tacv2"}},
    )

    assert conversation_of(activity) == Conversation(
        address="19:1@thread.tacv2",
        tenant=TENANT,
        kind="channel",
        service_url=URL,
        team="19:team@thread.tacv2",
    )


def test_group_chat_has_neither_team_nor_account():
    activity = _activity({"id": "19:2@thread.v2", "conversationType": "groupChat", "tenantId": TENANT})

    assert conversation_of(activity) == Conversation(
        address="19:2@thread.v2", tenant=TENANT, kind="group", service_url=URL
    )


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"isGroup": True},
        {"isGroup": False},
        {"conversationType": "community"},
        {"conversationType": ["personal"]},
        {"conversationType": "personal", "id": "19:a_b@unq.gbl.spaces"},
    ],
)
def test_conversation_that_is_not_surely_personal_is_read_by_others(about):
    assert conversation_of(_activity({"id": "a:1", **about})).kind == "group"


@pytest.mark.parametrize(
    "activity",
    [
        {},
        {"conversation": {"id": "a:1"}},
        {"serviceUrl": URL, "conversation": {}},
        {"serviceUrl": URL, "conversation": "a:1"},
    ],
)
def test_activity_from_nowhere_has_no_conversation(activity):
    assert conversation_of(activity) is None


def test_parts_of_an_activity_that_are_not_what_they_should_be_are_left_out():
    activity = _activity({"id": "a:1", "tenantId": TENANT}, channelData="x") | {"from": ["x"]}

    assert conversation_of(activity) == Conversation(
        address="a:1", tenant=TENANT, kind="group", service_url=URL
    )


@pytest.mark.parametrize(
    ("user", "known_as"),
    [
        (RUTH, "ruths-id"),
        ({"id": "29:1x", "objectId": "x-id"}, "x-id"),
        ({"id": "29:anonymous"}, "29:anonymous"),
        ({"id": "somebody", "role": "bot"}, None),
        (BOT, None),
        ({}, None),
    ],
)
def test_account_is_known_by_its_id_in_entra_and_a_bot_is_none(user, known_as):
    assert account_id(user) == known_as


def test_reference_leads_to_the_conversation_or_to_one_thread_in_it():
    channel = Conversation(address="19:1@thread.tacv2", tenant=TENANT, kind="channel", service_url=URL)
    thread = f"{channel.address};messageid=17"

    assert [channel.reference(), channel.reference(thread)] == [
        Reference(conversation=channel.address, tenant=TENANT, service_url=URL),
        Reference(conversation=thread, tenant=TENANT, service_url=URL),
    ]
