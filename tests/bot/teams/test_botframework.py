"""What the transport sends to Teams, what comes of it, and what is heard."""

import json
import time
from dataclasses import replace

import pytest

from bot.platform import LineDropped, NotNow
from bot.teams.botframework import BotFramework
from bot.teams.transport import FOREIGN, NoKeys, NoToken, Reference, Refusal, Response
from tests.bot.teams.microsoft import APP, SECRET, TENANT, settings

CHANNEL = "19:abc@thread.tacv2"
IN_CHANNEL = "/v3/conversations/19%3Aabc%40thread.tacv2"
CARD = {
    "type": "message",
    "attachments": [{"contentType": "application/vnd.x", "content": {"own": [1, None]}}],
}


def said(microsoft):
    """What was asked of the connector. An id may be quoted in a path or not: that is the same."""
    return [(one.method, one.path.replace(":", "%3A").replace("@", "%40").replace(";", "%3B"), one.body)
            for one in microsoft.calls]  # fmt: skip


async def silent(activity):
    return None


async def test_activity_is_posted_as_it_is_and_its_id_comes_back(microsoft, transport):
    assert await transport.send(microsoft.reference(), CARD) == "1700000000002"
    assert said(microsoft) == [("POST", f"{IN_CHANNEL}/activities", CARD)]
    assert microsoft.calls[0].headers["Authorization"] == "Bearer token-1"
    assert microsoft.calls[0].headers["Content-Type"] == "application/json; charset=utf-8"


async def test_activity_is_posted_in_a_thread(microsoft, transport):
    await transport.send(microsoft.reference(f"{CHANNEL};messageid=17"), CARD)

    assert said(microsoft) == [
        ("POST", f"{IN_CHANNEL}%3Bmessageid=17/activities".replace("=", "%3D"), CARD)
    ] or (said(microsoft) == [("POST", f"{IN_CHANNEL}%3Bmessageid=17/activities", CARD)])


async def test_activity_is_put_in_the_place_of_another(microsoft, transport):
    microsoft.answers = [(200, {"id": "17"}, {})]

    await transport.update(microsoft.reference(), "17", CARD)
    assert said(microsoft) == [("PUT", f"{IN_CHANNEL}/activities/17", CARD)]


async def test_personal_conversation_is_created_with_the_id_that_teams_is_sure_to_take(microsoft, transport):
    microsoft.answers = [(200, {"id": "29:1abc", "aadObjectId": "e1"}, {}), (201, {"id": "a:1"}, {})]

    assert await transport.create_personal(microsoft.reference(f"{CHANNEL};messageid=17"), "e1") == "a:1"
    asked = {"isGroup": False, "members": [{"id": "29:1abc"}], "bot": {"id": f"28:{APP}"}, "tenantId": TENANT}
    assert said(microsoft) == [
        ("GET", f"{IN_CHANNEL}/members/e1", None), ("POST", "/v3/conversations", asked),
    ]  # fmt: skip


async def test_personal_conversation_with_an_id_of_teams_needs_no_look_up(microsoft, transport):
    microsoft.answers = [(201, {"id": "a:1"}, {})]

    assert await transport.create_personal(microsoft.reference(), "29:1abc") == "a:1"


async def test_thread_begins_with_its_first_post(microsoft, transport):
    thread = f"{CHANNEL};messageid=17"
    microsoft.answers = [(201, {"id": thread, "activityId": "17"}, {})]

    assert await transport.create_thread(microsoft.reference(), CARD) == (thread, "17")
    asked = {
        "isGroup": True, "channelData": {"channel": {"id": CHANNEL}}, "activity": CARD,
        "bot": {"id": f"28:{APP}"}, "tenantId": TENANT,
    }  # fmt: skip
    assert said(microsoft) == [("POST", "/v3/conversations", asked)]


async def test_no_page_is_asked_for_once_more_are_in_a_conversation_than_matter(microsoft, transport):
    page = {"members": [{"id": f"29:{one}"} for one in range(3)], "continuationToken": "more"}
    microsoft.answers = [(200, page, {})]

    assert len(await transport.members(microsoft.reference(), 2)) == 3
    assert len(said(microsoft)) == 1


async def test_members_come_from_all_pages_with_all_that_teams_says_of_them(microsoft, transport):
    helen = {
        "id": "29:1",
        "aadObjectId": "e1",
        "userRole": "guest",
        "tenantId": TENANT,
        "email": "h@x.example",
    }
    ruth = {"id": "29:2", "aadObjectId": "e2", "userPrincipalName": "ruth@x.example"}
    microsoft.answers = [
        (200, {"members": [helen], "continuationToken": "a b&c"}, {}),
        (200, {"members": [ruth]}, {}),
    ]

    assert await transport.members(microsoft.reference(f"{CHANNEL};messageid=17")) == [helen, ruth]
    assert said(microsoft) == [
        ("GET", f"{IN_CHANNEL}/pagedmembers?pageSize=500", None),
        ("GET", f"{IN_CHANNEL}/pagedmembers?pageSize=500&continuationToken=a%20b%26c", None),
    ]


async def test_pages_that_lead_to_one_another_come_to_an_end(microsoft, transport):
    microsoft.answers = [(200, {"members": [{"id": "29:1"}], "continuationToken": "again"}, {})] * 9

    assert await transport.members(microsoft.reference()) == [{"id": "29:1"}] * 2


async def test_one_member_is_told_with_all_that_teams_says(microsoft, transport):
    member = {"id": "29:1", "aadObjectId": "e1", "userRole": "user", "somethingNew": {"a": 1}}
    microsoft.answers = [(200, member, {})]

    assert await transport.member(microsoft.reference(), "e1") == member


async def test_team_is_told_without_holding_up_anybody(microsoft, transport):
    team = {"id": "19:t@thread.tacv2", "name": "Exampleshire", "aadGroupId": "g"}
    microsoft.answers = [(200, team, {})]

    assert await transport.team(microsoft.reference(), "19:t@thread.tacv2") == team
    assert said(microsoft) == [("GET", "/v3/teams/19%3At%40thread.tacv2", None)]


REFUSALS = [
    ((404, {"error": {"code": "ConversationNotFound"}}, {}), (404, "ConversationNotFound", None)),
    ((403, {"errorCode": 209, "message": '{\r\n "subCode": "MessageWritesBlocked"}'}, {}),
     (403, "MessageWritesBlocked", None)),
    ((429, {"error": {"code": "Throttled"}}, {"Retry-After": "7.5"}), (429, "Throttled", 7.5)),
    ((429, {}, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), (429, "", None)),
    ((429, {}, {"Retry-After": "-1"}), (429, "", None)),
    ((429, {}, {"Retry-After": "inf"}), (429, "", None)),
    ((412, {"error": {"code": "PreconditionFailed"}}, {}), (412, "PreconditionFailed", None)),
    ((502, "<html>", {}), (502, "", None)),
    ((500, {"error": "odd"}, {}), (500, "", None)),
    ((401, {"message": "Authorization has been denied for this request."}, {}), (401, "", None)),
    ((302, "", {"Location": "/elsewhere"}), (302, "", None)),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "told"), REFUSALS)
async def test_refusal_is_told_in_the_words_of_teams(microsoft, transport, answer, told):
    microsoft.answers = [answer]

    with pytest.raises(Refusal) as refused:
        await transport.send(microsoft.reference(), CARD)
    assert (refused.value.status, refused.value.code, refused.value.seconds) == told
    assert len(microsoft.calls) == 1


async def test_line_that_drops_after_the_request_left_may_have_done_it(microsoft, transport):
    microsoft.answers = ["drop"]

    with pytest.raises(LineDropped):
        await transport.send(microsoft.reference(), CARD)
    assert len(microsoft.calls) == 1


@pytest.mark.parametrize("answer", [(200, "<html>", {}), (201, {}, {}), (201, {"id": 7}, {}), (201, [], {})])
async def test_answer_without_an_id_may_have_done_it(microsoft, transport, answer):
    microsoft.answers = [answer]

    with pytest.raises(LineDropped):
        await transport.send(microsoft.reference(), CARD)


async def test_teams_that_cannot_be_connected_to_did_nothing(microsoft):
    nowhere = "http://127.0.0.1:9/teams/"
    cloud = replace(microsoft.cloud, services=("http://127.0.0.1:9",))
    transport = BotFramework(settings(), time.time, cloud, microsoft.http)
    await transport.open()

    with pytest.raises(NotNow):
        await transport.send(Reference(conversation="a:1", tenant=TENANT, service_url=nowhere), CARD)
    await transport.close()


async def test_closed_transport_does_nothing(transport, microsoft):
    await transport.close()

    with pytest.raises(NotNow):
        await transport.send(microsoft.reference(), CARD)


FOREIGN_URLS = [
    "https://evil.example/teams/",
    "http://smba.trafficmanager.net/",
    "http://127.0.0.1:9@evil.example/",
    "",
]


@pytest.mark.parametrize("url", FOREIGN_URLS)
async def test_stored_address_that_is_not_microsofts_is_sent_nothing(microsoft, transport, url):
    with pytest.raises(Refusal) as refused:
        await transport.send(Reference(conversation="a:1", tenant=TENANT, service_url=url), CARD)
    assert (refused.value.status, refused.value.code) == (421, FOREIGN)
    assert (microsoft.calls, microsoft.logins) == ([], [])


async def test_token_that_was_refused_is_asked_for_anew(microsoft):
    now = [1000.0]
    transport = BotFramework(settings(), lambda: now[0], microsoft.cloud, microsoft.http)
    await transport.open()
    await transport.send(microsoft.reference(), CARD)
    now[0] += 120
    microsoft.answers = [(401, {}, {})]
    with pytest.raises(Refusal):
        await transport.send(microsoft.reference(), CARD)
    await transport.send(microsoft.reference(), CARD)
    await transport.close()

    assert [one.headers["Authorization"] for one in microsoft.calls] == [
        "Bearer token-1", "Bearer token-1", "Bearer token-2",
    ]  # fmt: skip


async def test_login_is_by_the_secret_in_the_apps_own_tenant(microsoft, transport):
    await transport.ready()

    (login,) = microsoft.logins
    assert (login["client_id"], login["client_secret"]) == (APP, SECRET)
    assert (login["grant_type"], login["scope"]) == (
        "client_credentials",
        "https://api.botframework.com/.default",
    )
    assert microsoft.fetched == ["openid", "keys"]


async def test_login_of_a_managed_identity_needs_no_secret(microsoft):
    of = settings(microsoft_app_type="UserAssignedMSI", microsoft_app_password="")
    transport = BotFramework(of, time.time, microsoft.cloud, microsoft.http)
    await transport.open()
    await transport.send(microsoft.reference(), CARD)
    await transport.close()

    assert microsoft.logins[0]["client_id"] == APP
    assert microsoft.logins[0]["resource"] == "https://api.botframework.com"
    assert microsoft.calls[0].headers["Authorization"] == "Bearer token-1"


async def test_ready_says_in_microsofts_word_why_there_is_no_token(microsoft, transport):
    microsoft.login_status = 401

    with pytest.raises(NoToken) as refused:
        await transport.ready()
    assert refused.value.code == "invalid_client"


async def test_ready_says_that_there_are_no_keys(microsoft, transport):
    microsoft.metadata_status = 503

    with pytest.raises(NoKeys):
        await transport.ready()


async def test_activity_is_heard_as_teams_sent_it(microsoft, transport):
    heard = []

    async def hear(activity):
        heard.append(activity)

    sent = microsoft.activity(somethingNew={"a": [1, {"b": None}]}, text="Straße 😀")
    response = await transport.receive(microsoft.signed(), json.dumps(sent).encode(), hear)

    assert (response, heard) == (Response(status=202), [sent])


async def test_response_to_a_message_is_the_one_that_hearing_it_gave(microsoft, transport):
    async def hear(_):
        return Response(status=400)

    body = json.dumps(microsoft.activity()).encode()
    assert await transport.receive(microsoft.signed(), body, hear) == Response(status=400)


async def test_invoke_that_nobody_knows_is_answered_501(microsoft, transport):
    sent = microsoft.activity(type="invoke", name="composeExtension/query")

    assert await transport.receive(microsoft.signed(), json.dumps(sent).encode(), silent) == Response(
        status=501
    )


async def test_trouble_while_hearing_goes_on_to_whoever_asked(microsoft, transport):
    async def hear(activity):
        raise RuntimeError(activity["id"])

    with pytest.raises(RuntimeError, match="1700000000001"):
        await transport.receive(microsoft.signed(), json.dumps(microsoft.activity()).encode(), hear)


@pytest.fixture
async def emulator(microsoft):
    transport = BotFramework(settings(teams_emulator=True, microsoft_app_id=""), time.time, microsoft.cloud)
    await transport.open()
    yield transport
    await transport.close()


HERE = {"Host": "localhost:8080"}


async def test_emulator_is_heard_unsigned_and_answered_without_a_token(microsoft, emulator):
    await emulator.ready()
    sent = microsoft.activity(channelData=None, conversation={"id": "a:1"})
    response = await emulator.receive(HERE, json.dumps(sent).encode(), silent)
    await emulator.send(microsoft.reference("a:1"), CARD)

    assert response == Response(status=202)
    assert "Authorization" not in microsoft.calls[0].headers
    assert (microsoft.logins, microsoft.fetched) == ([], [])


async def test_emulator_is_sent_nothing_anywhere_else(emulator):
    elsewhere = Reference(conversation="a:1", tenant="", service_url="https://smba.trafficmanager.net/uk/")

    with pytest.raises(Refusal):
        await emulator.send(elsewhere, CARD)


ELSEWHERE = [
    {}, {"Host": "bot.example"}, {"Host": "localhost.evil.example"},
    HERE | {"X-Forwarded-For": "203.0.113.9"}, HERE | {"Forwarded": "for=203.0.113.9"},
    HERE | {"Origin": "https://evil.example"}, HERE | {"Origin": "null"},
]  # fmt: skip


@pytest.mark.parametrize("headers", ELSEWHERE)
async def test_emulator_takes_nothing_that_came_from_elsewhere(microsoft, emulator, headers):
    body = json.dumps(microsoft.activity()).encode()

    assert await emulator.receive(headers, body, silent) == Response(status=401)


@pytest.mark.parametrize("other", [{"serviceUrl": "https://evil.example"}, {"channelId": "directline"}])
async def test_emulator_takes_no_activity_that_is_meant_for_elsewhere(microsoft, emulator, other):
    body = json.dumps(microsoft.activity(**other)).encode()

    assert await emulator.receive(HERE, body, silent) == Response(status=401)
