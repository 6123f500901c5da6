import pytest
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import Peer
from tests.fakes.slack.bolted import client_of
from tests.fakes.slack.manifests import everything


async def refused(call):
    """The error that a call meets."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


async def test_auth_test_says_who_the_app_is_and_what_it_may_do(peer, client):
    found = await client.auth_test()

    assert (found["team_id"], found["user_id"]) == (peer.workspace.team, peer.app.bot.id)
    assert found.headers["x-oauth-scopes"].split(",") == peer.app.scopes


async def test_call_with_a_wrong_token_is_refused(peer):
    assert await refused(client_of(peer, "xoxb-somebody-else").auth_test()) == "invalid_auth"
    assert await refused(client_of(peer, peer.app.app_token).auth_test()) == "not_allowed_token_type"
    opening = client_of(peer).apps_connections_open(app_token=peer.app.bot_token)
    assert await refused(opening) == "not_allowed_token_type"
    peer.revoke()
    assert await refused(client_of(peer).auth_test()) == "token_revoked"


async def test_call_without_its_scope_is_refused_and_says_which(team):
    async with Peer(manifest=everything(without_scopes=("chat:write",))) as peer:
        with pytest.raises(SlackApiError) as caught:
            await client_of(peer).chat_postMessage(channel="C1", text="Hello")

    answer = caught.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")
    assert "chat:write" not in answer["provided"].split(",")


async def test_create_private_channel_needs_the_scope_for_private_ones():
    async with Peer(manifest=everything(without_scopes=("groups:write",))) as peer:
        client = client_of(peer)
        await client.conversations_create(name="open")
        assert await refused(client.conversations_create(name="closed", is_private=True)) == "missing_scope"


async def test_unknown_method_is_refused(client):
    assert await refused(client.api_call("chat.postMassage")) == "unknown_method"


async def test_users_list_fails_the_test(jo):
    with pytest.raises(AssertionError, match="never listed"):
        async with Peer(manifest=everything()) as peer:
            await refused(client_of(peer).users_list())


async def test_post_message_stands_for_everybody_there_with_its_metadata(peer, client, team, jo, helen):
    metadata = {"event_type": "critical_friend", "event_payload": {"key": "a:1"}}
    posted = await client.chat_postMessage(channel=team.id, text="Hello &amp; welcome", metadata=metadata)

    [shown] = peer.messages(jo, team)
    assert (shown.ts, shown.plain, shown.author) == (posted["ts"], "Hello & welcome", None)
    assert peer.messages(helen) == []
    bare = await client.conversations_history(channel=team.id, limit=1)
    full = await client.conversations_history(channel=team.id, limit=1, include_all_metadata=True)
    assert [message.get("metadata") for message in (bare["messages"][0], full["messages"][0])] == [
        None,
        metadata,
    ]


async def test_post_message_where_the_app_may_not_is_refused(peer, client, team, jo):
    closed, opened = peer.add_channel("closed", jo), peer.add_channel("opened", jo, private=False)
    peer.workspace.channels[team.id].archived = True

    for channel, error in ((closed, "channel_not_found"), (opened, "not_in_channel"), (team, "is_archived")):
        assert await refused(client.chat_postMessage(channel=channel.id, text="Hello")) == error


async def test_post_message_that_says_nothing_is_refused(client, team):
    silent = client.api_call("chat.postMessage", json={"channel": team.id, "text": " "})
    assert await refused(silent) == "no_text"
    assert await refused(client.chat_postMessage(channel=team.id, text="x" * 40_001)) == "msg_too_long"


async def test_post_message_with_bad_metadata_is_refused(client, team):
    bad = {"event_type": "critical friend", "event_payload": {}}
    call = client.chat_postMessage(channel=team.id, text="Hello", metadata=bad)

    assert await refused(call) == "invalid_metadata_format"


async def test_post_message_to_a_person_goes_into_the_direct_conversation(peer, client, jo):
    posted = await client.chat_postMessage(channel=jo.id, text="Hello")

    assert posted["channel"] == peer.direct(jo).id
    assert peer.plain(jo, peer.direct(jo)) == ["Hello"]


async def test_post_ephemeral_is_seen_by_one_person_and_found_by_nobody(peer, client, team, jo, helen):
    await peer.join(helen, team)
    await client.chat_postEphemeral(channel=team.id, user=helen.id, text="Only you")

    assert (peer.plain(helen, team), peer.plain(jo, team)) == (["Only you"], [])
    history = await client.conversations_history(channel=team.id)
    assert "Only you" not in [message["text"] for message in history["messages"]]


async def test_post_ephemeral_to_somebody_who_is_not_there_is_refused(client, team, helen):
    call = client.chat_postEphemeral(channel=team.id, user=helen.id, text="Only you")

    assert await refused(call) == "user_not_in_channel"


async def test_update_keeps_what_it_does_not_say(peer, client, team, jo):
    metadata = {"event_type": "critical_friend", "event_payload": {"key": "a:1"}}
    posted = await client.chat_postMessage(
        channel=team.id, text="Before", metadata=metadata, blocks=[{"type": "divider"}]
    )
    await client.chat_update(channel=team.id, ts=posted["ts"], text="After")

    [shown] = peer.messages(jo, team)
    assert (shown.text, shown.edited, shown.metadata) == ("After", True, metadata)
    assert [block["type"] for block in shown.blocks] == ["divider"]


async def test_update_of_what_is_not_the_apps_own_is_refused(peer, client, team, jo):
    said = await peer.say(jo, team, "Hello")

    assert await refused(client.chat_update(channel=team.id, ts="1.000000", text="x")) == "message_not_found"
    assert await refused(client.chat_update(channel=team.id, ts=said.post, text="x")) == "cant_update_message"


async def test_pin_twice_is_refused(peer, client, team, jo):
    posted = await client.chat_postMessage(channel=team.id, text="State")
    await client.pins_add(channel=team.id, timestamp=posted["ts"])

    assert [shown.pinned for shown in peer.messages(jo, team)] == [True]
    assert await refused(client.pins_add(channel=team.id, timestamp=posted["ts"])) == "already_pinned"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("Team", "invalid_name_specials"),
        ("a team", "invalid_name_specials"),
        ("a.team", "invalid_name_specials"),
        ("--", "invalid_name_punctuation"),
        ("team", "name_taken"),
    ],
)
async def test_create_with_a_name_that_slack_does_not_take_is_refused(client, team, name, error):
    assert await refused(client.conversations_create(name=name, is_private=True)) == error


async def test_create_where_only_people_may_is_refused(peer, client):
    peer.workspace.switches.bots_make_channels = False

    assert await refused(client.conversations_create(name="mine")) == "restricted_action"


async def test_made_channel_has_its_topic_and_purpose_and_is_found_among_the_apps_own(peer, client):
    made = (await client.conversations_create(name="mine", is_private=True))["channel"]
    await client.conversations_setTopic(channel=made["id"], topic="A topic")
    await client.conversations_setPurpose(channel=made["id"], purpose="A purpose")

    [found] = (await client.users_conversations(types="private_channel"))["channels"]
    assert (found["id"], found["creator"]) == (made["id"], peer.app.bot.id)
    assert (found["topic"]["value"], found["purpose"]["value"]) == ("A topic", "A purpose")
    assert await refused(client.conversations_setTopic(channel=made["id"], topic="x" * 251)) == "too_long"


async def test_invite_of_those_who_cannot_come_is_refused(peer, client, team, jo, helen):
    stranger = peer.add_person("Sam Elsewhere", team="T0ELSEWHERE")
    single = peer.add_person("Gail Guest", guest="single")
    peer.add_channel("first", single)
    gone = await peer.deactivate(peer.add_person("Dan Gone"))
    expected = {
        jo.id: "already_in_channel",
        peer.app.bot.id: "cant_invite_self",
        stranger.id: "cant_invite",
        gone.id: "cant_invite",
        single.id: "ura_max_channels",
        "U0": "user_not_found",
    }

    found = {who: await refused(client.conversations_invite(channel=team.id, users=who)) for who in expected}

    assert found == expected
    await client.conversations_invite(channel=team.id, users=helen.id)
    assert helen.id in (await client.conversations_members(channel=team.id))["members"]


async def test_kick_of_the_app_itself_or_of_somebody_outside_is_refused(peer, client, team, jo, helen):
    me = peer.app.bot.id
    assert await refused(client.conversations_kick(channel=team.id, user=me)) == "cant_kick_self"
    assert await refused(client.conversations_kick(channel=team.id, user=helen.id)) == "not_in_channel"
    await client.conversations_kick(channel=team.id, user=jo.id)
    assert peer.places(jo) == []


async def test_members_come_in_pages_without_those_who_were_deactivated(peer, client, team, jo, helen):
    await peer.join(helen, team)
    await peer.deactivate(peer.add_person("Dan Gone"))
    first = await client.conversations_members(channel=team.id, limit=2)
    second = await client.conversations_members(
        channel=team.id, limit=2, cursor=first["response_metadata"]["next_cursor"]
    )

    assert (first["members"], second["members"]) == ([jo.id, peer.app.bot.id], [helen.id])
    assert second["response_metadata"]["next_cursor"] == ""


async def test_rename_of_somebody_elses_channel_is_refused(peer, client, team):
    assert await refused(client.conversations_rename(channel=team.id, name="other")) == "not_authorized"


async def test_users_info_says_what_somebody_is(peer, client, jo):
    guest = peer.add_person("Gail Guest", guest="single", email="gail@northmere.example")
    stranger = peer.add_person("Sam Elsewhere", team="T0ELSEWHERE")

    found = [(await client.users_info(user=one.id))["user"] for one in (jo, guest, stranger)]

    assert [(one["is_restricted"], one["is_ultra_restricted"]) for one in found] == [
        (False, False),
        (True, True),
        (False, False),
    ]
    assert [one["team_id"] for one in found] == [peer.workspace.team, peer.workspace.team, "T0ELSEWHERE"]
    assert [one["profile"].get("email") for one in found] == [jo.email, guest.email, None]
    assert await refused(client.users_info(user="U0")) == "user_not_found"


async def test_email_is_hidden_without_its_scope():
    async with Peer(manifest=everything(without_scopes=("users:read.email",))) as peer:
        jo = peer.add_person("Jo Baker", email="jo@programme.example")
        client = client_of(peer)
        assert "email" not in (await client.users_info(user=jo.id))["user"]["profile"]
        assert await refused(client.users_lookupByEmail(email=jo.email)) == "missing_scope"


async def test_look_up_by_email_finds_active_people_of_the_workspace_only(peer, client, jo):
    gone = await peer.deactivate(peer.add_person("Dan Gone", email="dan@northmere.example"))
    stranger = peer.add_person("Sam Elsewhere", email="sam@elsewhere.example", team="T0ELSEWHERE")

    found = await client.users_lookupByEmail(email="JO@programme.example")

    assert found["user"]["id"] == jo.id
    for nobody in (gone, stranger):
        assert await refused(client.users_lookupByEmail(email=nobody.email)) == "users_not_found"


async def test_open_conversation_with_somebody_deactivated_or_a_bot_is_refused(peer, client, jo):
    gone = await peer.deactivate(peer.add_person("Dan Gone"))
    other = peer.add_bot("Another bot")

    assert (await client.conversations_open(users=jo.id))["channel"]["id"] == peer.direct(jo).id
    assert await refused(client.conversations_open(users=gone.id)) == "user_disabled"
    assert await refused(client.conversations_open(users=other.id)) == "cannot_dm_bot"


async def test_file_is_shared_where_people_can_see_it(peer, client, team, jo):
    await client.files_upload_v2(
        channel=team.id, content="one,two", filename="sheet.csv", title="The sheet", initial_comment="Here"
    )

    [shown] = peer.messages(jo, team)
    assert (shown.plain, [file["title"] for file in shown.files]) == ("Here", ["The sheet"])
    [file] = peer.workspace.files.values()
    assert file["content"] == b"one,two"


async def test_history_goes_back_in_pages_the_newest_first(peer, client, team):
    stamps = [(await client.chat_postMessage(channel=team.id, text=f"{n}"))["ts"] for n in range(3)]
    first = await client.conversations_history(channel=team.id, limit=2)
    after = await client.conversations_history(channel=team.id, oldest=stamps[1])

    assert [one["text"] for one in first["messages"]] == ["2", "1"]
    assert first["has_more"]
    assert [one["text"] for one in after["messages"]] == ["2"]
    peer.workspace.switches.longest_history = 1
    assert await refused(client.conversations_history(channel=team.id, limit=2)) == "invalid_limit"
