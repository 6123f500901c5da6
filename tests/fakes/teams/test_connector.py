import pytest

from tests.drawn import validator
from tests.fakes.teams import ELSEWHERE, Peer
from tests.fakes.teams.bot import Bot, card, message, words

SCHEMA = "adaptive-card-1.5.0.schema.json"
HELLO = message(card(words("Hello")))


def refused(response):
    """The status and Teams' word for why."""
    return response.status_code, response.json()["error"]["code"]


@pytest.fixture
async def team(peer, bot, jo, house):
    await peer.install_in(house, by=jo)
    return peer.add_channel(house, "Northmere team")


async def test_message_in_a_personal_chat_is_seen_by_its_person_alone(peer, bot, jo, helen):
    chat = await peer.install(jo)
    said = await bot.send(chat, HELLO)

    assert said.status_code == 201
    assert said.json() == {"id": peer.messages(jo)[0].id}
    assert (peer.plain(jo), peer.plain(helen)) == (["Hello"], [])


async def test_thread_begun_in_a_channel_can_be_replied_to(peer, bot, jo, helen, team):
    about = {"isGroup": True, "channelData": {"channel": {"id": team.id}}, "activity": HELLO}
    begun = (await bot.call("POST", "conversations", about)).json()
    await bot.send(begun["id"], message(card(words("And more"))))

    assert begun["id"] == f"{team.id};messageid={begun['activityId']}"
    assert [(one.thread, one.plain) for one in peer.messages(helen, team)] == [
        (begun["activityId"], "Hello"),
        (begun["activityId"], "And more"),
    ]


async def test_personal_chat_is_the_same_one_each_time_it_is_created(peer, bot, jo, team):
    await peer.install(jo)
    asked = [
        {"members": [{"id": jo.id}], "tenantId": jo.tenant},
        {"members": [{"id": jo.object_id}], "channelData": {"tenant": {"id": jo.tenant}}},
    ]
    made = [(await bot.call("POST", "conversations", one)).json()["id"] for one in asked]

    assert made == [peer.direct(jo).id] * 2


async def test_member_of_a_team_is_reached_by_teams_own_id_only(peer, bot, jo, team):
    asked = [{"members": [{"id": one}], "tenantId": jo.tenant} for one in (jo.id, jo.object_id)]
    by_own, by_entra = [await bot.call("POST", "conversations", one) for one in asked]

    assert (await bot.send(by_own.json()["id"], HELLO)).status_code == 201
    assert refused(by_entra) == (403, "ForbiddenOperationException")


async def test_edited_message_shows_its_newest_version(peer, bot, jo):
    chat = await peer.install(jo)
    posted = await bot.shows(chat, card(words("Before")))
    put = await bot.call("PUT", f"conversations/{chat.id}/activities/{posted}", message(card(words("After"))))

    assert (put.status_code, put.json()) == (200, {"id": posted})
    assert [(one.plain, one.edited) for one in peer.messages(jo)] == [("After", True)]
    assert [one.plain for one in peer.appeared(jo) if one.kind == "message"] == ["Before", "After"]


async def test_deleted_message_is_gone(peer, bot, jo):
    chat = await peer.install(jo)
    path = f"conversations/{chat.id}/activities/{await bot.shows(chat, card(words('Hello')))}"

    assert (await bot.call("DELETE", path)).status_code == 200
    assert peer.messages(jo) == []
    assert refused(await bot.call("PUT", path, HELLO)) == (404, "ActivityNotFoundInConversation")


async def test_roster_comes_in_pages_and_says_who_is_a_guest(peer, bot, jo, helen, house, team):
    peer.tenancy.switches.longest_page = 2
    sam = peer.add_person("Sam", email="sam@else.example", tenant=ELSEWHERE)
    anonymous = peer.add_person("Anon (Guest)", anonymous=True)
    for person in (sam, anonymous):
        await peer.join(person, house)
    one = (await bot.call("GET", f"conversations/{team.id}/pagedmembers", pageSize="500")).json()
    two = (
        await bot.call(
            "GET", f"conversations/{team.id}/pagedmembers", continuationToken=one["continuationToken"]
        )
    ).json()

    assert "continuationToken" not in two
    assert [
        (who["name"], who["userRole"], who.get("userPrincipalName"))
        for who in [*one["members"], *two["members"]]
    ] == [
        ("Jo Baker", "user", "jo@programme.example"),
        ("Helen Marsh", "guest", "helen_northmere.example#EXT#@challenges.example"),
        ("Sam", "user", "sam@else.example"),
        ("Anon (Guest)", "anonymous", None),
    ]


@pytest.mark.parametrize("known_by", ["id", "object_id", "principal"])
async def test_member_is_found_by_each_of_their_ids(peer, bot, jo, team, known_by):
    found = await bot.call("GET", f"conversations/{team.id}/members/{getattr(jo, known_by)}")

    assert found.json() == {
        "id": jo.id, "name": "Jo Baker", "tenantId": jo.tenant, "userRole": "user",
        "objectId": jo.object_id, "givenName": "Jo", "surname": "Baker",
        "email": "jo@programme.example", "userPrincipalName": "jo@programme.example",
    }  # fmt: skip


async def test_member_who_is_not_there_is_not_found(peer, bot, house, team):
    stranger = peer.add_person("Una Stranger")

    found = await bot.call("GET", f"conversations/{team.id}/members/{stranger.id}")
    assert refused(found) == (404, "MemberNotFoundInConversation")


async def test_team_and_its_channels_are_told_private_ones_left_out(peer, bot, jo, house, team):
    peer.add_channel(house, "Behind the scenes", jo, private=True)
    told = (await bot.call("GET", f"teams/{house.id}")).json()
    listed = (await bot.call("GET", f"teams/{house.id}/conversations")).json()["conversations"]

    assert (told["name"], told["memberCount"]) == ("Peer challenges", 2)
    assert [(one["id"], one["name"]) for one in listed] == [(house.id, None), (team.id, "Northmere team")]


async def test_person_without_the_app_cannot_be_written_to(peer, bot, jo, helen):
    asked = {"members": [{"id": helen.id}], "tenantId": helen.tenant}

    assert refused(await bot.call("POST", "conversations", asked)) == (403, "ForbiddenOperationException")
    chat = await peer.install(helen)
    await peer.uninstall(helen)
    assert refused(await bot.send(chat, HELLO)) == (403, "BotNotInConversationRoster")


async def test_blocked_bot_is_told_in_teams_own_way(peer, bot, jo):
    chat = await peer.install(jo)
    peer.block(jo)
    said = await bot.send(chat, HELLO)

    assert (said.status_code, said.json()["errorCode"]) == (403, 209)
    assert '"subCode": "MessageWritesBlocked"' in said.json()["message"]


async def test_team_that_the_bot_left_or_that_is_gone_takes_nothing(peer, bot, jo, house, team):
    await peer.archive(jo, house)
    assert refused(await bot.send(team, HELLO)) == (403, "NotEnoughPermissions")
    await peer.unarchive(jo, house)
    await peer.remove_from(house, by=jo)
    for answer in (await bot.send(team, HELLO), await bot.call("GET", f"teams/{house.id}")):
        assert refused(answer) == (403, "BotNotInConversationRoster")
    await peer.delete(jo, team)
    assert refused(await bot.send(team, HELLO)) == (404, "ConversationNotFound")


async def test_token_that_is_old_or_revoked_is_refused_and_a_new_one_helps(peer, bot, jo):
    chat = await peer.install(jo)
    peer.later(3600)
    assert (await bot.send(chat, HELLO)).status_code == 401
    bot.token = await bot.log_in()
    assert (await bot.send(chat, HELLO)).status_code == 201
    peer.revoke()
    assert (await bot.send(chat, HELLO)).status_code == 401
    assert (len(peer.tokens.given), len(peer.called("login"))) == (2, 2)


@pytest.mark.parametrize("token", ["", "made up"])
async def test_token_that_was_never_given_out_is_a_mistake(peer, bot, jo, token):
    chat = await peer.install(jo)
    bot.token = token

    assert (await bot.send(chat, HELLO)).status_code == 401
    assert len(peer.mistakes) == 1
    peer.mistakes.clear()


ASKS = {"type": "Input.Text", "id": "a"}
BAD = {
    "nothing in it": {"type": "message"},
    "an unknown part": HELLO | {"colour": "red"},
    "an event": {"type": "event", "text": "x"},
    "no card": {"type": "message", "attachments": [{"contentType": "text/plain", "content": "x"}]},
    "too new a card": message(card(words("x")) | {"version": "1.6"}),
    "a card without a body": message({"type": "AdaptiveCard", "version": "1.5", "body": []}),
    "a button for new clients only": message(
        card(words("x"), actions=({"type": "Action.Execute", "title": "x", "data": {}},))
    ),
    "seven buttons": message(
        card(words("x"), actions=({"type": "Action.Submit", "title": "x", "data": {}},) * 7)
    ),
    "two inputs of one name": message(card(ASKS, ASKS)),
    "a mention without an entity": {"type": "message", "text": "<at>Jo Baker</at>"},
    "a mention of nobody here": {
        "type": "message",
        "text": "<at>Una</at>",
        "entities": [{"type": "mention", "text": "<at>Una</at>", "mentioned": {"id": "29:una"}}],
    },
}

AGAINST_THE_SCHEMA = {
    "an unknown element": {"type": "Carousel"},
    "an unknown part of an element": {"type": "RichTextBlock", "inlines": [{"type": "TextRan"}]},
}


@pytest.mark.skipif(not validator(SCHEMA), reason=f"{SCHEMA} is not here: set CRITICAL_FRIEND_SCHEMAS")
@pytest.mark.parametrize("element", AGAINST_THE_SCHEMA.values(), ids=AGAINST_THE_SCHEMA)
async def test_card_against_the_published_schema_is_refused_and_a_mistake(peer, bot, jo, element):
    chat = await peer.install(jo)

    assert refused(await bot.send(chat, message(card(element)))) == (400, "BadSyntax")
    peer.mistakes.clear()


@pytest.mark.parametrize("activity", BAD.values(), ids=BAD)
async def test_activity_that_teams_would_not_understand_is_refused_and_a_mistake(peer, bot, jo, activity):
    chat = await peer.install(jo)

    assert refused(await bot.send(chat, activity)) == (400, "BadSyntax")
    assert len(peer.mistakes) == 1
    peer.mistakes.clear()


@pytest.mark.parametrize(
    "activity",
    [message(card(words("x" * 40_000))), {"type": "message", "text": "x" * 50_000}],
    ids=["card", "whole"],
)
async def test_too_long_an_activity_is_refused_and_a_mistake(peer, bot, jo, activity):
    chat = await peer.install(jo)

    assert refused(await bot.send(chat, activity)) == (413, "MessageSizeTooBig")
    peer.mistakes.clear()


async def test_mention_by_an_entity_is_shown(peer, bot, jo):
    chat = await peer.install(jo)
    entity = {"type": "mention", "text": "<at>Jo Baker</at>", "mentioned": {"id": jo.id, "name": jo.name}}
    await bot.send(chat, {"type": "message", "text": "Well, <at>Jo Baker</at>?", "entities": [entity]})

    assert [(one.plain, one.mentions) for one in peer.messages(jo)] == [("Well, @Jo Baker?", ["Jo Baker"])]


async def test_emulator_signs_nothing_and_is_to_be_sent_no_token():
    async with Peer(emulator=True) as peer, Bot(peer) as bot:
        chat = await peer.install(peer.add_person("Jo Baker"))
        assert "authorization" not in bot.headers[-1]
        assert (await bot.send(chat, HELLO)).status_code == 401
        assert peer.mistakes.pop().endswith("a token was sent to an emulator")
        bot.token = ""
        assert (await bot.send(chat, HELLO)).status_code == 201


async def test_unknown_address_is_a_mistake(peer, bot):
    assert (await bot.call("GET", "conversations")).status_code in {404, 405}
    assert (await bot.call("GET", "nothing")).status_code == 404
    peer.mistakes.clear()


async def test_texts_that_teams_reads_as_markdown_are_told_from_others(peer, bot, jo):
    chat = await peer.install(jo)
    facts = {"type": "FactSet", "facts": [{"title": "By", "value": "*Monday*"}]}
    await bot.send(chat, {"type": "message", "text": "*Well*", "textFormat": "plain"})
    await bot.send(chat, {"type": "message", "text": "*Well*"})
    await bot.shows(chat, card(words("*so*"), {"type": "TextBlock", "text": "*read*"}, facts))

    assert [one.formatted for one in peer.messages(jo)] == [[], ["*Well*"], ["*read*", "By", "*Monday*"]]
