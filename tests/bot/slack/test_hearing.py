"""Payloads of Slack's as what a person did, or what happened."""

import json

import pytest

from bot.slack.draw_form import view
from bot.slack.hearing import (
    UNREADABLE,
    Act,
    Change,
    Modal,
    came_or_went,
    gone_or_back,
    home_opened,
    message,
    press,
    renamed,
    sent_with,
    slash,
    submission,
    user_changed,
)
from handlers.message import Account, Field, Form

TEAM, BOT, JO = "T1", "U0BOT", "U1"

# Typed


def _typed(**of):
    return {"type": "message", "channel": "C1", "ts": "1.2", "user": JO, "text": "<@U0BOT> help", **of}


def test_command_is_an_act_that_its_response_may_answer():
    body = {
        "text": "help",
        "user_id": JO,
        "channel_id": "D9",
        "trigger_id": "1.2.x",
        "response_url": "https://r",
    }

    assert slash(body, TEAM) == Act(
        id="slack:T1:act:1.2.x", user=JO, channel="D9", text="help", typed=True, trigger="1.2.x",
        response_url="https://r", in_body=True,
    )  # fmt: skip


def test_mention_is_the_same_act_as_its_message():
    mention = _typed(type="app_mention")

    assert message(mention, TEAM, BOT) == message(_typed(channel_type="group"), TEAM, BOT)
    assert message(mention, TEAM, BOT) == Act(
        id="slack:T1:C1:1.2", user=JO, channel="C1", text="<@U0BOT> help", typed=True
    )


def test_mention_that_was_edited_is_the_same_act():
    edited = _typed(type="app_mention", edited={"user": JO, "ts": "1.9"}, text="<@U0BOT> status")

    assert message(edited, TEAM, BOT).id == message(_typed(type="app_mention"), TEAM, BOT).id


def test_everything_typed_in_the_direct_conversation_is_for_the_bot():
    act = message(_typed(channel="D1", channel_type="im", text="help"), TEAM, BOT)

    assert act == Act(id="slack:T1:D1:1.2", user=JO, channel="D1", text="help", typed=True, direct=True)


def test_answer_to_a_mention_in_a_thread_belongs_there():
    assert message(_typed(thread_ts="0.9"), TEAM, BOT).thread == "0.9"


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_message_that_a_person_wrote_in_another_way_is_heard(subtype):
    assert message(_typed(subtype=subtype), TEAM, BOT)


NOT_FOR_THE_BOT = [
    {"text": "help"},
    {"text": "<@U0BOTS> help"},
    {"subtype": "message_changed"},
    {"subtype": "message_deleted"},
    {"subtype": "channel_join"},
    {"subtype": "bot_message"},
    {"bot_id": "B1"},
    {"hidden": True},
    {"user": BOT},
    {"user": "USLACKBOT"},
    {"user": None},
    {"text": "", "channel_type": "im"},
    {"text": None, "channel_type": "im"},
    {"text": " ", "channel_type": "im", "files": []},
    {"text": "", "files": [{"id": "F1"}]},
]


@pytest.mark.parametrize("of", NOT_FOR_THE_BOT)
def test_message_that_is_not_for_the_bot_is_not_heard(of):
    assert message(_typed(**of), TEAM, BOT) is None


def test_file_without_words_is_heard_where_it_is_sent_to_the_bot():
    heard = message(_typed(text=" ", channel_type="im", files=[{"id": "F1"}]), TEAM, BOT)

    assert (heard.text, heard.attached) == (" ", True)


# Pressed


def _press(value, action_id="phrase:0", **of):
    return {
        "type": "block_actions", "user": {"id": JO}, "trigger_id": "1.2.x", "response_url": "https://r",
        "container": {"type": "message", "channel_id": "C1", "message_ts": "1.2", "is_ephemeral": False},
        "channel": {"id": "C1", "name": "team"},
        "actions": [{"type": "button", "action_id": action_id, "value": value, "action_ts": "1.3"}], **of,
    }  # fmt: skip


CARRIED = json.dumps({"phrase": "proposal agree", "hidden": {"challenge": 1}})


def test_press_is_the_phrase_of_its_button():
    assert press(_press(CARRIED), TEAM) == Act(
        id="slack:T1:act:1.2.x", user=JO, channel="C1", text="proposal agree", hidden={"challenge": 1},
        trigger="1.2.x", response_url="https://r",
    )  # fmt: skip


def test_press_in_the_apps_home_was_done_in_no_channel():
    body = _press(CARRIED, container={"type": "view", "view_id": "V1"}, response_url=None)
    del body["channel"]

    assert press(body, TEAM).channel is None


UNREAD = ["", None, "help", "[]", "5", '{"phrase": 5, "hidden": {}}', '{"phrase": "help"}', "[" * 10_000]


@pytest.mark.parametrize("value", UNREAD)
def test_button_that_cannot_be_read_carries_what_no_card_of_ours_does(value):
    act = press(_press(value), TEAM)

    assert (act.text, act.hidden) == ("", UNREADABLE)


def test_button_of_an_unknown_kind_is_not_read():
    assert press(_press(CARRIED, action_id="something"), TEAM).hidden == UNREADABLE


# Sent in


def _form():
    fields = (Field(name="name", label="Who", kind="person"), Field(name="text", label="Text", kind="long"))
    return Form(title="Ask", phrase="invite", fields=fields, submit="Ask", hidden={"challenge": 1})


def _sent(values, where=None, **of):
    """A submission; `of` stands in for parts of its view."""
    drawn = view(_form())
    drawn["private_metadata"] = sent_with(drawn["private_metadata"], where or {})
    shown = {**drawn, "id": "V1", "hash": "h", "state": {"values": values}, **of}
    return {"type": "view_submission", "user": {"id": JO}, "trigger_id": "1.2.x", "view": shown}


TYPED = {"field:1:text": {"answer": {"type": "plain_text_input", "value": "soon"}}}


def test_form_is_its_phrase_with_its_fields_from_where_it_was_asked_for():
    picked = {"person:1:name": {"answer": {"type": "users_select", "selected_user": "U7"}}}
    where = {"channel": "C1", "thread": "0.9"}
    blocks = tuple(block["block_id"] for block in view(_form())["blocks"])

    assert submission(_sent({**TYPED, **picked}, where), TEAM) == Act(
        id="slack:T1:act:1.2.x", user=JO, channel="C1", text="invite", fields={"text": "soon"},
        picked={"name": "U7"}, hidden={"challenge": 1}, trigger="1.2.x", thread="0.9",
        modal=Modal(id="V1", blocks=blocks, title="Ask"),
    )  # fmt: skip


def test_form_asked_for_with_the_bot_is_answered_there():
    act = submission(_sent(TYPED, {"channel": "D1", "direct": True}), TEAM)

    assert (act.channel, act.direct) == ("D1", True)


STRANGE = [
    {"callback_id": "another"},
    {"private_metadata": ""},
    {"private_metadata": "{}"},
    {"state": {"values": {"text": {"answer": {"type": "plain_text_input", "value": "x"}}}}},
    {"state": {}},
    {"state": {"values": {"field:1:text": {}}}},
]


@pytest.mark.parametrize("of", STRANGE)
def test_form_that_is_none_of_ours_is_not_read(of):
    assert submission(_sent(TYPED, **of), TEAM).hidden == UNREADABLE


def test_modal_cannot_carry_more_than_slack_lets_it():
    with pytest.raises(ValueError, match="letters"):
        sent_with(
            json.dumps({"phrase": "x" * 2950, "hidden": {}}), {"channel": "C1", "url": "https://r" * 10}
        )


# What happened


def _event(kind, **of):
    return {"type": "event_callback", "event_id": "Ev1", "event": {"type": kind, **of}}


def _change(kind, user=None, **facts):
    where = {"platform": "slack", "tenant": "T1", "address": "C1"}
    return Change(id="slack:T1:event:Ev1", kind=kind, facts={**where, **facts}, user=user)


ROOMS = [
    ("channel_archive", "room_gone", {"why": "archived"}),
    ("group_archive", "room_gone", {"why": "archived"}),
    ("channel_deleted", "room_gone", {"why": "deleted"}),
    ("group_deleted", "room_gone", {"why": "deleted"}),
    ("channel_left", "room_gone", {"why": "removed"}),
    ("group_left", "room_gone", {"why": "removed"}),
    ("channel_unarchive", "room_back", {}),
    ("group_unarchive", "room_back", {}),
]


@pytest.mark.parametrize(("event", "kind", "facts"), ROOMS)
def test_channel_that_ends_or_begins_again_is_told(event, kind, facts):
    assert gone_or_back(_event(event, channel="C1"), TEAM) == _change(kind, **facts)


def test_channel_under_another_name_is_told():
    body = _event("group_rename", channel={"id": "C1", "name": "peers", "created": 1})

    assert renamed(body, TEAM) == _change("room_renamed", title="peers")


@pytest.mark.parametrize(("event", "kind"), [("joined", "entered"), ("left", "departed")])
def test_person_who_comes_or_goes_is_told(event, kind):
    body = _event(f"member_{event}_channel", user=JO, channel="C1")

    assert came_or_went(body, TEAM, BOT) == _change(kind, user=JO)


@pytest.mark.parametrize(
    ("event", "kind", "facts"), [("joined", "room_back", {}), ("left", "room_gone", {"why": "removed"})]
)
def test_bot_that_comes_or_goes_has_the_room_back_or_not(event, kind, facts):
    body = _event(f"member_{event}_channel", user=BOT, channel="C1")

    assert came_or_went(body, TEAM, BOT) == _change(kind, **facts)


def test_home_that_is_opened_is_told_but_not_its_other_tabs():
    opened = Change(id="slack:T1:event:Ev1", kind="home_opened", user=JO)

    assert home_opened(_event("app_home_opened", user=JO, tab="home"), TEAM) == opened
    assert home_opened(_event("app_home_opened", user=JO, tab="messages"), TEAM) is None


@pytest.mark.parametrize("deleted", [True, False])
def test_person_who_changed_is_told_with_whether_they_are_active(deleted):
    body = _event("user_change", user={"id": JO, "deleted": deleted})
    jo = Account(platform="slack", tenant=TEAM, id=JO, name="Jo")
    told = Change(
        id="slack:T1:event:Ev1", kind="account_changed", facts={"account": jo, "active": not deleted}
    )

    assert user_changed(body, TEAM, jo) == told
