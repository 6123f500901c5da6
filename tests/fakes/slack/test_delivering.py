import asyncio

import pytest
from slack_bolt.response import BoltResponse

from tests.fakes.loopback import plain_web
from tests.fakes.slack import Cannot, Peer
from tests.fakes.slack.bolted import answering, bolted
from tests.fakes.slack.manifests import everything

CARD = {
    "text": "Well?",
    "blocks": [
        {"type": "section", "text": {"type": "plain_text", "text": "Well?"}},
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "text": {"type": "plain_text", "text": "Agree"},
                    "action_id": "a",
                    "value": "yes",
                }
            ],
        },
    ],
}


async def _team(peer):
    jo = peer.add_person("Jo Baker")
    channel = peer.add_channel("team", jo)
    await peer.invite_app(channel, by=jo)
    return jo, channel


def slow(seconds, once=False):
    """Answer after so many seconds; `once`: only the first time."""
    waits = [seconds]

    async def answer(_payload):
        wait = waits[0]
        if once:
            waits[0] = 0
        await asyncio.sleep(wait)
        return BoltResponse(status=200)

    return answer


async def test_command_is_answered_where_it_was_typed(both):
    peer, app = both
    jo, team = await _team(peer)
    helen = peer.add_person("Helen Marsh")
    await peer.join(helen, team)
    app.answer = answering({"text": "Added.", "response_type": "ephemeral"})
    await peer.slash(jo, team, "kloe add Is it?")
    app.answer = answering({"text": "Everybody reads this.", "response_type": "in_channel"})
    await peer.slash(jo, team, "status")

    assert peer.plain(jo, team) == ["Added.", "Everybody reads this."]
    assert peer.plain(helen, team) == ["Everybody reads this."]


async def test_command_mentions_people_as_the_manifest_says(peer, app, jo, helen, team):
    await peer.slash(jo, team, "nominate @Helen Marsh & co, see https://a.example/b")
    peer.app.manifest["features"]["slash_commands"][0]["should_escape"] = False
    await peer.slash(jo, team, "nominate @Helen Marsh")

    assert [payload["text"] for payload in app.heard if "command" in payload] == [
        f"nominate <@{helen.id}|helen.marsh> &amp; co, see <https://a.example/b>",
        "nominate @helen.marsh",
    ]


async def test_command_may_be_typed_where_the_app_is_not(peer, app, jo, helen):
    app.answer = answering({"text": "Here."})
    for channel in (peer.add_channel("elsewhere", jo), peer.direct_between(jo, helen)):
        await peer.slash(jo, channel, "help")
        assert peer.plain(jo, channel) == ["Here."]


async def test_command_that_was_not_declared_or_is_barred_cannot_be_typed(peer, app, team, jo):
    guest = peer.add_person("Gail Guest", guest="multi")
    stranger = peer.add_person("Sam Elsewhere", team="T0ELSEWHERE")
    for user in (guest, stranger):
        await peer.join(user, team)
    peer.workspace.switches.guests_command = False

    for user, command in ((jo, "/other"), (guest, "/challenge"), (stranger, "/challenge")):
        with pytest.raises(Cannot):
            await peer.slash(user, team, "help", command)


async def test_mention_in_a_channel_arrives_as_two_events(both):
    peer, app = both
    jo, team = await _team(peer)
    app.heard.clear()
    said = await peer.say(jo, team, "@Critical Friend who is @Jo Baker <b>?")

    one, other = sorted(app.heard, key=lambda payload: payload["event"]["type"])
    text = f"<@{peer.app.bot.id}> who is <@{jo.id}> &lt;b&gt;?"
    assert [payload["event"]["type"] for payload in (one, other)] == ["app_mention", "message"]
    assert {payload["event"]["ts"] for payload in app.heard} == {said.post}
    assert {payload["event"]["text"] for payload in app.heard} == {text}
    assert one["event_id"] != other["event_id"]
    assert "channel_type" not in one["event"]


async def test_direct_message_arrives_once_even_with_a_mention(peer, app, jo):
    await peer.say(jo, peer.direct(jo), "@Critical Friend help")

    assert [(payload["event"]["type"], payload["event"]["channel_type"]) for payload in app.heard] == [
        ("message", "im")
    ]


async def test_event_without_subscription_scope_or_membership_is_not_delivered(jo):
    manifest = everything(without_scopes=("im:history",))
    manifest["settings"]["event_subscriptions"]["bot_events"].remove("app_mention")
    async with Peer(manifest=manifest) as peer, bolted(peer) as app:
        jo = peer.add_person("Jo Baker")
        await peer.say(jo, peer.direct(jo), "help")
        elsewhere = peer.add_channel("elsewhere", jo)
        await peer.say(jo, elsewhere, "@Critical Friend help")

    assert app.heard == []
    assert peer.deliverer.dropped == [
        ("message.im", "no scope im:history"),
        ("message.groups", "not a member"),
        ("app_mention", "not subscribed"),
    ]


async def test_request_is_signed_so_that_only_slack_can_have_sent_it(peer, app, jo, team):
    peer.app.secret, right = "another secret", peer.app.secret
    assert (await peer.slash(jo, team, "help")).trouble == "http_client_error"
    peer.app.secret = right
    assert (await peer.slash(jo, team, "help")).trouble is None


async def test_command_not_taken_within_patience_is_told_to_the_person(both):
    peer, app = both
    jo, team = await _team(peer)
    app.answer = slow(0.7)
    act = await peer.slash(jo, team, "help")

    assert act.trouble == "operation_timeout"
    [shown] = [one for one in peer.messages(jo, team) if one.only_me]
    assert shown.plain == '/challenge failed with the error "operation_timeout"'
    await peer.rest()


async def test_command_that_fails_is_told_to_the_person_and_not_tried_again(peer, app, jo, team):
    async def broken(_payload):
        return BoltResponse(status=500)

    app.answer = broken
    heard = len(app.heard)
    act = await peer.slash(jo, team, "help")

    assert (act.trouble, len(app.heard) - heard) == ("http_service_error", 1)


async def test_command_to_nobody_is_told_to_the_person(peer, jo, team):
    peer.serve("http://127.0.0.1:9/slack/events")

    assert (await peer.slash(jo, team, "help")).trouble == "dispatch_failed"


async def test_event_not_taken_is_delivered_again_until_it_is(both):
    peer, app = both
    jo, team = await _team(peer)
    app.heard.clear()
    app.answer = slow(0.7, once=True)
    await peer.say(jo, team, "Hello")
    await peer.rest()

    tries = [one for one in peer.deliverer.deliveries if one.payload.get("event", {}).get("text") == "Hello"]
    assert [(one.attempt, one.trouble) for one in tries] == [(0, "http_timeout"), (1, None)]
    assert len({payload["event_id"] for payload in app.heard}) == 1


async def test_event_that_is_refused_for_good_is_tried_four_times(peer, app, jo, team):
    async def broken(_payload):
        return BoltResponse(status=500)

    app.answer = broken
    await peer.say(jo, team, "Hello")
    await peer.rest()

    assert [one.attempt for one in peer.deliverer.deliveries[-4:]] == [0, 1, 2, 3]
    no_retry = {"x-slack-no-retry": ["1"]}

    async def never(_payload):
        return BoltResponse(status=500, headers=no_retry)

    app.answer = never
    before = len(app.heard)
    await peer.say(jo, team, "Hello")
    await peer.rest()
    assert len(app.heard) - before == 1


async def test_retry_says_which_it_is_and_why(peer, jo, team):
    seen = []

    async def bot(scope, receive, send):
        await receive()
        seen.append({key.decode(): value.decode() for key, value in scope["headers"]})
        await send({"type": "http.response.start", "status": 500 if len(seen) == 1 else 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    peer.serve("http://bot.example/slack/events", bot)
    await peer.say(jo, team, "Hello")

    assert [headers.get("x-slack-retry-num") for headers in seen] == [None, "1"]
    assert seen[1]["x-slack-retry-reason"] == "http_error"


async def test_press_sends_the_button_and_answers_by_response_url(both):
    peer, app = both
    jo, team = await _team(peer)
    await app.client.chat_postMessage(channel=team.id, **CARD)
    app.answer = answering({"text": "Ignored: it is no answer to a press."})
    await peer.press(jo, peer.messages(jo, team)[-1], "Agree")
    pressed = app.heard[-1]
    async with plain_web() as web:
        answered = await web.post(
            pressed["response_url"], json={"text": "Thank you", "replace_original": False}
        )

    assert (answered.status_code, answered.text) == (200, "ok")
    assert pressed["actions"][0]["value"] == "yes"
    assert pressed["message"]["text"] == "Well?"
    assert peer.plain(jo, team) == ["Well?", "Thank you"]
    assert peer.messages(jo, team)[-1].only_me


async def test_response_url_is_good_for_five_messages_in_half_an_hour(peer, app, jo, team):
    await peer.slash(jo, team, "help")
    url = app.heard[-1]["response_url"]
    async with plain_web() as web:
        codes = [(await web.post(url, json={"text": f"{n}"})).status_code for n in range(6)]
        refused = await web.post(url.replace("/response/", "/response/x"), json={"text": "x"})
        await peer.slash(jo, team, "help")
        peer.later(1801)
        late = await web.post(app.heard[-1]["response_url"], json={"text": "Late"})
        bad = await web.post(late.request.url.copy_with(), json={})

    assert codes == [200] * 5 + [404]
    assert (refused.status_code, late.json()["error"], bad.status_code) == (404, "expired_url", 404)
    assert peer.plain(jo, team) == ["0", "1", "2", "3", "4"]


async def test_response_url_replaces_or_deletes_the_card_that_was_pressed(peer, app, jo, team):
    app.answer = answering(CARD)
    await peer.slash(jo, team, "status")
    app.answer = answering()
    await peer.press(jo, peer.messages(jo, team)[-1], "Agree")
    url = app.heard[-1]["response_url"]
    assert "message" not in app.heard[-1]
    async with plain_web() as web:
        await web.post(url, json={"text": "Agreed", "replace_original": True})
        assert peer.plain(jo, team) == ["Agreed"]
        await web.post(url, json={"delete_original": True})
    assert peer.messages(jo, team) == []


async def test_response_that_slack_does_not_understand_is_a_mistake_and_told():
    async with Peer(manifest=everything()) as peer, bolted(peer) as app:
        jo = peer.add_person("Jo Baker")
        app.answer = answering({"text": "x", "blocks": [{"type": "divider"}] * 51})
        await peer.slash(jo, peer.direct(jo), "help")

        assert [one.plain for one in peer.messages(jo)] == [
            '/challenge failed with the error "invalid_command_response"'
        ]
        assert len(peer.mistakes) == 1
        peer.mistakes.clear()


async def test_people_and_channels_that_change_are_told(peer, app, jo, helen, team):
    app.heard.clear()
    await peer.join(helen, team)
    await peer.leave(helen, team)
    await peer.rename(jo, team, "peers")
    await peer.archive(jo, team)
    await peer.unarchive(jo, team)
    await peer.change(helen, name="Helen Marsh-Reed")
    await peer.deactivate(helen)
    await peer.remove_app(team)
    await peer.uninstall()

    assert [event for event in app.events if event != "message"] == [
        "member_joined_channel", "member_left_channel", "group_rename", "group_archive", "group_unarchive",
        "user_change", "user_change", "group_left", "tokens_revoked", "app_uninstalled",
    ]  # fmt: skip


async def test_bot_hears_its_own_messages_as_a_bots(peer, app, jo, team):
    await app.client.chat_postMessage(channel=team.id, text="Hello")
    await peer.rest()

    event = peer.deliverer.deliveries[-1].payload["event"]
    assert (event["text"], event["bot_id"]) == ("Hello", peer.app.bot.bot)


async def test_stranger_in_a_shared_channel_is_somebody_of_another_team(peer, app, jo):
    shared = peer.add_channel("shared", jo, shared=True)
    await peer.invite_app(shared, by=jo)
    sam = peer.add_person("Sam Elsewhere", team="T0ELSEWHERE")
    await peer.join(sam, shared)
    app.heard.clear()
    await peer.say(sam, shared, "Hello")

    [payload] = app.heard
    assert (payload["event"]["team"], payload["is_ext_shared_channel"]) == ("T0ELSEWHERE", True)
