"""What Teams sends, as what somebody did."""

from dataclasses import replace

import pytest

from bot.carried import UNREADABLE
from bot.teams.conversations import Conversation
from bot.teams.hearing import LONGEST, Act, fetch, message, press, submission
from bot.teams.typed import Mention
from tests.bot.teams.activity import APP, GROUP, JO, SERVICE, TENANT, activity, in_channel, invoke, mention

ID = JO["aadObjectId"]
HERE = Conversation(address="a:1jo", tenant=TENANT, kind="personal", service_url=SERVICE)
CHANNEL = Conversation(
    address="19:channel@thread.tacv2", tenant=TENANT, kind="channel", service_url=SERVICE,
    team="19:team@thread.tacv2",
)  # fmt: skip
ME = Mention(user=None, label="Critical Friend")
DATA = {"phrase": "kloe add", "hidden": {"challenge": 7}}


def act(way="message", **of):
    usual = {"id": f"teams:{TENANT}:a:1jo:1700000000001", "user": ID, "speaker": JO["id"], "where": HERE}
    return Act(**{"thread": "a:1jo", **usual, "way": way, "text": "help", **of})


def asked(way, **of):
    return act(
        way, **{"id": f"teams:{TENANT}:a:1jo:f:1", "text": "kloe add", "hidden": {"challenge": 7}, **of}
    )


def without_press(act):
    return replace(act, press=None)


# Typed


def test_message_in_the_personal_chat_is_heard():
    assert message(activity()) == act(typed=True)


def test_message_in_a_channel_that_names_the_bot_is_heard_in_its_thread():
    said = "<at>Critical Friend</at> help"

    assert message(in_channel(text=said, entities=[mention()])) == act(
        id=f"teams:{TENANT}:19:channel@thread.tacv2:1700000000001", where=CHANNEL, typed=True, text=said,
        thread="19:channel@thread.tacv2;messageid=1700000000000", mentions=(ME,),
    )  # fmt: skip


UNHEARD = [
    in_channel(),
    in_channel(entities=[mention("29:dana", "Dana R")], text="<at>Dana R</at> help"),
    activity(conversation=GROUP, text="Critical Friend help"),
    activity(text=None),
    activity(text="  \r\n"),
    activity(text=None, attachments=[{"contentType": "text/html", "content": "<p>&nbsp;</p>"}]),
    activity(text=None, attachments=["image/png", {"contentType": ["image/png"]}, {}, None]),
    activity(text=None, attachments={"contentType": "image/png"}),
    in_channel(text="", attachments=[{"contentType": "image/png"}]),
    activity(text=7),
    activity(**{"from": {"id": APP}}),
    activity(**{"from": {"id": "29:other", "role": "bot"}}),
    activity(**{"from": None}),
    activity(conversation={}),
]


@pytest.mark.parametrize("sent", UNHEARD)
def test_what_nobody_says_to_the_bot_is_not_heard(sent):
    assert message(sent) is None


def test_picture_without_words_is_heard_where_it_is_sent_to_the_bot():
    picture = {"contentType": "image/png", "contentUrl": "https://a.example/b"}

    assert message(activity(text=None, attachments=[picture])) == act(text="", typed=True, attached=True)


def test_somebody_without_an_id_in_entra_is_heard_by_that_of_teams():
    assert message(activity(**{"from": {"id": "29:anon", "name": "Anon (Guest)"}})).user == "29:anon"


def test_name_in_the_text_is_never_who_it_is_from():
    told = activity(text="from: Ruth", **{"from": {**JO, "name": "Ruth Okafor"}})

    assert message(told).user == ID


# Pressed


def test_press_says_its_phrase():
    value = {"action": {"type": "Action.Execute", "verb": "phrase", "data": DATA}, "trigger": "manual"}

    assert without_press(press(invoke("adaptiveCard/action", value))) == asked("press")


def test_press_of_a_client_that_knows_no_execute_is_the_same_press():
    pressed = act(text="kloe add", hidden={"challenge": 7})

    assert message(activity(text=None, value=DATA)) == pressed
    assert message(activity(text=" ", value=DATA, attachments=[])) == pressed


def test_press_in_a_channel_needs_no_mention():
    assert message(in_channel(text=None, value=DATA)).where == CHANNEL


def test_button_that_opens_a_form_fetches_it():
    act = fetch(invoke("task/fetch", {"data": {"type": "task/fetch", **DATA}}))

    assert without_press(act) == asked("fetch")


NO_CARDS = [
    None, 7, [], {}, {"action": None}, {"action": {"verb": "phrase", "data": "kloe add"}},
    {"action": {"verb": "phrase", "data": {"phrase": "kloe add"}}},
    {"action": {"verb": "phrase", "data": {"phrase": ["kloe"], "hidden": {}}}},
    {"action": {"verb": "phrase", "data": {"phrase": "kloe add", "hidden": []}}},
    {"action": {"verb": "other", "data": DATA}},
]  # fmt: skip


@pytest.mark.parametrize("value", NO_CARDS)
def test_press_on_no_card_of_ours_is_unreadable(value):
    assert without_press(press(invoke("adaptiveCard/action", value))) == asked(
        "press", text="", hidden=UNREADABLE
    )


@pytest.mark.parametrize(
    ("hear", "name", "value"),
    [
        (press, "adaptiveCard/action", {"action": {"verb": "phrase", "data": DATA}}),
        (fetch, "task/fetch", {"data": DATA}),
        (submission, "task/submit", {"data": DATA}),
    ],
)
def test_press_names_its_button_whatever_its_activity(hear, name, value):
    def pressed(**of):
        return hear(invoke(name, value, **{"replyToId": "1", **of})).press

    assert pressed() == pressed(id="f:2", timestamp="2026-11-09T10:00:00Z") != pressed(replyToId="2")
    other = {"data": {**DATA, "hidden": {"challenge": 8}}}
    assert hear(invoke(name, {"action": other, **other}, replyToId="1")).press != pressed()


# Sent in

SENT = {**DATA, "form": "a1", "field:text": "Is it?", "choices:areas": "a,b%2Cc", "person:lead": "e2"}


def test_form_that_is_sent_in_has_its_fields_and_who_was_picked():
    act = submission(invoke("task/submit", {"data": SENT}))

    assert (act.way, act.text, act.hidden, act.form) == ("submit", "kloe add", {"challenge": 7}, "a1")
    assert act.fields == {"text": "Is it?", "areas": ["a", "b,c"]}
    assert act.picked == {"lead": "e2"}


def _id(data, **of):
    return submission(invoke("task/submit", {"data": data}, **of)).id


def test_form_sent_in_again_is_the_same_act_whatever_its_activity():
    assert _id(SENT) == _id(dict(reversed(SENT.items())), id="f:2", timestamp="2026-11-09T10:00:00Z")


@pytest.mark.parametrize(
    "other",
    [{"form": "a2"}, {"field:text": "Is it so?"}, {"hidden": {"challenge": 8}}, {"phrase": "kloe drop"}],
)
def test_other_values_or_another_form_are_another_act(other):
    assert _id(SENT) != _id({**SENT, **other})


@pytest.mark.parametrize(("letters", "heard"), [(LONGEST, True), (LONGEST + 1, False)])
def test_message_longer_than_teams_takes_is_nothing(letters, heard):
    assert (message(activity(text="a" * letters)) is not None) is heard


def test_form_of_somebody_else_is_another_act():
    assert _id(SENT) != _id(SENT, **{"from": {**JO, "id": "29:9", "aadObjectId": "e9"}})


def test_form_sent_again_without_the_id_in_entra_is_the_same_act():
    assert _id(SENT) == _id(SENT, **{"from": {"id": JO["id"], "name": "Jo Baker"}})


def test_form_without_any_field_is_a_form():
    assert submission(invoke("task/submit", {"data": {**DATA, "form": "a1"}})).fields == {}


def test_button_in_a_dialog_is_a_press():
    assert without_press(submission(invoke("task/submit", {"data": DATA}))) == asked("submit")


@pytest.mark.parametrize("number", [None, 7, "", ["a1"]])
def test_form_of_another_version_is_unreadable(number):
    data = {name: value for name, value in {**SENT, "form": number}.items() if value is not None}
    act = submission(invoke("task/submit", {"data": data}))

    assert (act.text, act.hidden, act.fields, act.form) == ("", UNREADABLE, {}, None)


@pytest.mark.parametrize("data", [None, "kloe add", ["phrase"], 7])
def test_dialog_without_data_is_unreadable(data):
    assert submission(invoke("task/submit", {"data": data})).hidden == UNREADABLE


def test_more_people_than_any_form_has_are_not_all_looked_up():
    data = {**SENT, **{f"person:{number}": f"e{number}" for number in range(1000)}}

    assert len(submission(invoke("task/submit", {"data": data})).picked) == 3


# Ids


def test_activity_without_an_id_is_known_by_what_it_says():
    one, other = activity(id=None), activity(id=None, text="status")

    assert message(one).id == message(dict(one)).id != message(other).id
