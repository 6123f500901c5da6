import asyncio

import pytest
from starlette.responses import JSONResponse, PlainTextResponse

from tests.fakes.teams import ELSEWHERE, Cannot
from tests.fakes.teams.bot import TEXT, answering, button, card, dialog, opens, words

AGREE = button("Agree", phrase="agree 3")
NOTHING = {"statusCode": 200, "type": TEXT, "value": ""}
ASKS = {"type": "Input.Text", "id": "field:text", "label": "The question", "isRequired": True}
ASKS |= {"errorMessage": "This is needed."}
SEND = {"type": "Action.Submit", "title": "Send", "data": {"phrase": "kloe add"}}
PEOPLE = {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}
FORM = card(
    ASKS,
    {"type": "Input.Date", "id": "field:by", "label": "By when (optional)"},
    {"type": "Input.Number", "id": "field:days", "label": "Days (optional)", "value": 3},
    {
        "type": "Input.ChoiceSet", "id": "choices:themes", "label": "Themes", "isMultiSelect": True,
        "choices": [{"title": "Early help", "value": "early"}, {"title": "Care", "value": "care"}],
    },
    {
        "type": "Input.ChoiceSet", "id": "person:lead", "label": "Lead (optional)", "choices": [],
        "choices.data": PEOPLE,
    },
    {"type": "Input.Text", "id": "field:lead", "label": "Lead (their name, if they are not in Teams)"},
) | {"actions": [SEND]}  # fmt: skip


@pytest.fixture
async def chat(peer, bot, jo):
    return await peer.install(jo)


@pytest.fixture
async def team(peer, bot, jo, house):
    await peer.install_in(house, by=jo)
    return peer.add_channel(house, "Northmere team")


@pytest.fixture
async def form(peer, bot, jo, chat):
    """A dialog before Jo."""
    await bot.shows(chat, card(words("Add one"), actions=(opens("Open", phrase="kloe add"),)))
    bot.answer = answering(dialog(FORM))
    await peer.press(jo, peer.messages(jo)[0], "Open")
    return peer.form(jo)


async def test_words_in_a_personal_chat_arrive_as_teams_sends_them(peer, bot, jo, chat):
    act = await peer.say(jo, chat, "note <b> & co")
    heard = bot.heard[-1]

    assert (act.trouble, act.deliveries[0].status) == (None, 200)
    assert heard | {"timestamp": "", "localTimestamp": "", "entities": [], "attachments": []} == {
        "type": "message", "id": act.post, "channelId": "msteams", "serviceUrl": peer.service_url,
        "timestamp": "", "localTimestamp": "", "locale": "en-GB", "localTimezone": "Europe/London",
        "from": {"id": jo.id, "name": "Jo Baker", "aadObjectId": jo.object_id},
        "recipient": {"id": peer.app.bot, "name": "Critical Friend"},
        "conversation": {"conversationType": "personal", "tenantId": jo.tenant, "id": chat.id},
        "channelData": {"tenant": {"id": jo.tenant}}, "textFormat": "plain",
        "text": "note &lt;b&gt; &amp; co", "entities": [], "attachments": [],
    }  # fmt: skip
    assert heard["attachments"][0]["content"] == "<p>note &lt;b&gt; &amp; co</p>"
    assert peer.messages(jo)[-1].plain == "note <b> & co"


async def test_mention_in_a_channel_begins_a_thread_or_stands_in_one(peer, bot, jo, helen, team):
    begun = await peer.say(jo, team, "@Critical Friend nominate @Helen Marsh")
    [shown] = peer.messages(helen, team)
    await peer.say(helen, team, "@critical friend and now?", thread=shown)
    one, two = bot.heard[-2:]

    assert one["text"] == "<at>Critical Friend</at>&nbsp;nominate <at>Helen Marsh</at>\n"
    assert [(entity["mentioned"]["id"], entity["text"]) for entity in one["entities"][:2]] == [
        (peer.app.bot, "<at>Critical Friend</at>"),
        (helen.id, "<at>Helen Marsh</at>"),
    ]
    assert {heard["conversation"]["id"] for heard in (one, two)} == {f"{team.id};messageid={begun.post}"}
    assert one["channelData"]["channel"] == {"id": team.id}


async def test_words_in_a_channel_or_chat_without_a_mention_are_not_heard(peer, bot, jo, helen, team):
    chat = peer.add_chat("Sponsors", jo, helen)
    await peer.install_in(chat, by=jo)
    bot.heard.clear()
    for place in (team, chat):
        act = await peer.say(jo, place, "Hello all")
        assert act.deliveries == []

    assert bot.heard == []
    await peer.say(jo, chat, "@Critical Friend help")
    assert bot.heard[-1]["conversation"]["conversationType"] == "groupChat"


async def test_bot_hears_nothing_where_it_is_not(peer, bot, jo, house):
    act = await peer.say(jo, peer.general(house), "@Critical Friend help")

    assert act.deliveries == []


async def test_people_cannot_write_where_they_are_not_or_without_the_app(peer, bot, jo, helen, team):
    stranger = peer.add_person("Una Stranger")
    with pytest.raises(Cannot):
        await peer.say(stranger, team, "@Critical Friend help")
    with pytest.raises(Cannot):
        await peer.say(helen, peer.direct(helen), "help")
    chat = await peer.install(helen)
    await peer.uninstall(helen)
    with pytest.raises(Cannot):
        await peer.say(helen, chat, "help")


async def test_edits_and_reactions_are_told(peer, bot, jo, chat):
    await peer.say(jo, chat, "hlep")
    await peer.edit(jo, peer.messages(jo)[-1], "help")
    await bot.shows(chat, card(words("Here.")))
    await peer.react(jo, peer.messages(jo)[-1])

    assert [one["type"] for one in bot.heard[-2:]] == ["messageUpdate", "messageReaction"]
    assert (bot.heard[-2]["text"], peer.messages(jo)[0].edited) == ("help", True)


async def test_press_is_an_invoke_with_the_buttons_data(peer, bot, jo, chat):
    shown = await bot.shows(chat, card(words("Well?"), actions=(AGREE,)))
    bot.answer = answering(NOTHING)
    act = await peer.press(jo, peer.messages(jo)[0], "Agree")

    heard = bot.heard[-1]
    assert (act.trouble, heard["type"], heard["name"]) == (None, "invoke", "adaptiveCard/action")
    assert heard["replyToId"] == shown
    assert heard["value"] == {
        "action": {
            "type": "Action.Execute",
            "title": "Agree",
            "verb": "say",
            "data": {"phrase": "agree 3"},
        },
        "trigger": "manual",
    }
    assert peer.toasts(jo) == []


async def test_press_of_an_old_client_is_a_message_without_text(peer, bot, jo, chat):
    shown = await bot.shows(chat, card(words("Well?"), actions=(AGREE,)))
    await peer.press(jo, peer.messages(jo)[0], "Agree", old_client=True)

    heard = bot.heard[-1]
    assert (heard["type"], heard["value"], heard["replyToId"]) == ("message", {"phrase": "agree 3"}, shown)
    assert "text" not in heard


async def test_answer_to_a_press_is_a_text_or_a_card_for_its_person_alone(peer, bot, jo, helen, team):
    await bot.shows(team, card(words("Well?"), actions=(AGREE,)))
    bot.answer = answering(NOTHING | {"value": "Answered in your chat with me."})
    await peer.press(jo, peer.messages(jo, team)[0], "Agree")
    about = {"type": "application/vnd.microsoft.card.adaptive", "value": card(words("Agreed."))}
    bot.answer = answering(NOTHING | about)
    await peer.press(jo, peer.messages(jo, team)[0], "Agree")

    assert peer.toasts(jo) == ["Answered in your chat with me."]
    assert (peer.plain(jo, team), peer.plain(helen, team)) == (["Agreed."], ["Well?"])
    assert [(one.kind, one.plain) for one in peer.appeared(jo)][-2:] == [
        ("toast", "Answered in your chat with me."),
        ("message", "Agreed."),
    ]


async def test_form_is_sent_in_with_what_was_filled_in_and_closes(peer, bot, jo, helen, form):
    assert (form.title, [field["name"] for field in form.fields]) == (
        "A form",
        ["text", "by", "days", "themes", "lead", "lead"],
    )
    bot.answer = answering(None)
    values = {"The question": "Is it?", "themes": ["Early help", "care"], "lead": helen}
    await peer.submit(jo, values)

    assert (bot.heard[-1]["name"], peer.form(jo)) == ("task/submit", None)
    assert bot.heard[-1]["value"]["data"] == {
        "phrase": "kloe add", "field:text": "Is it?", "field:days": "3", "choices:themes": "early,care",
        "person:lead": helen.object_id,
    }  # fmt: skip


async def test_name_that_is_written_goes_beside_the_people_to_pick(peer, bot, jo, form):
    bot.answer = answering(None)
    await peer.submit(jo, {"text": "Is it?", "lead": "Una Stranger"})

    sent = bot.heard[-1]["value"]["data"]
    assert (sent.get("person:lead"), sent["field:lead"]) == (None, "Una Stranger")


BAD_VALUES = [
    {},
    {"text": "x", "by": "tomorrow"},
    {"text": "x", "days": "three"},
    {"text": "x", "themes": "Rents"},
    {"text": "x", "colour": "red"},
]


@pytest.mark.parametrize("values", BAD_VALUES)
async def test_client_does_not_send_what_it_can_see_to_be_wrong(peer, bot, jo, form, values):
    before = len(bot.heard)
    with pytest.raises(Cannot):
        await peer.submit(jo, values)
    assert len(bot.heard) == before


async def test_client_finds_nobody_of_another_organisation(peer, jo, form):
    sam = peer.add_person("Sam", email="sam@else.example", tenant=ELSEWHERE)
    with pytest.raises(Cannot, match="organisation"):
        await peer.submit(jo, {"text": "x", "lead": sam})


async def test_answer_to_a_form_is_another_card_or_a_text(peer, bot, jo, form):
    bot.answer = answering(dialog(card(words("Sorry."), ASKS) | {"actions": [SEND]}, title="Again"))
    await peer.submit(jo, {"text": "Is it?"})
    assert (peer.form(jo).title, peer.form(jo).plain) == ("Again", "Again\nSorry.\nThe question")
    bot.answer = answering({"task": {"type": "message", "value": "One moment."}})
    await peer.submit(jo, {"text": "Is it?"})

    assert (peer.form(jo).plain, peer.form(jo).card) == ("One moment.", None)
    await peer.close(jo)
    assert peer.form(jo) is None
    assert [one.title for one in peer.appeared(jo) if one.kind == "form"] == ["A form", "Again", ""]


NONSENSE = {
    "press": [
        None, {}, {"statusCode": 200}, NOTHING | {"statusCode": 500}, NOTHING | {"type": "text"},
        NOTHING | {"type": "application/vnd.microsoft.card.adaptive", "value": {"type": "x"}},
        NOTHING | {"more": 1},
    ],
    "fetch": [
        None, {}, {"task": {"type": "continue"}}, {"task": {"type": "message", "value": ""}},
        {"task": {"type": "close", "value": ""}}, {"task": {"type": "continue", "value": {"card": FORM}}},
        dialog(card(words("x"), actions=(AGREE,))), dialog(card(words("x" * 40_000))),
        {"statusCode": 200, **dialog(FORM)},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("what", "body"), [(what, body) for what, bodies in NONSENSE.items() for body in bodies]
)
async def test_answer_that_teams_would_not_understand_is_a_mistake(peer, bot, jo, chat, what, body):
    control = AGREE if what == "press" else opens("Agree")
    await bot.shows(chat, card(words("Well?"), actions=(control,)))
    bot.answer = answering(body)
    act = await peer.press(jo, peer.messages(jo)[0], "Agree")

    assert (act.trouble, len(peer.mistakes), peer.form(jo)) == ("nonsense", 1, None)
    peer.mistakes.clear()


async def test_answer_of_another_content_type_is_a_mistake(peer, bot, jo, chat):
    async def plain(_activity):
        return PlainTextResponse('{"statusCode": 200}')

    await bot.shows(chat, card(words("Well?"), actions=(AGREE,)))
    bot.answer = plain
    await peer.press(jo, peer.messages(jo)[0], "Agree")
    assert "content type" in peer.mistakes.pop()


async def test_invoke_not_answered_in_time_is_a_mistake_and_its_person_is_told(peer, bot, jo, chat):
    async def late(_activity):
        await asyncio.sleep(0.2)
        return JSONResponse(NOTHING)

    await bot.shows(chat, card(words("Well?"), actions=(AGREE,)))
    peer.deliverer.patience = 0.05
    bot.answer = late
    act = await peer.press(jo, peer.messages(jo)[0], "Agree")
    await peer.rest()

    assert (act.trouble, peer.mistakes) == ("timeout", ["adaptiveCard/action was not answered in time"])
    peer.mistakes.clear()


async def test_unknown_invoke_gets_the_bots_own_answer(peer, bot, jo, chat):
    bot.answer = answering(None, status=501)
    act = await peer.invoke(jo, chat, "composeExtension/query", {})

    assert (act.deliveries[0].status, act.trouble) == (501, "http_501")
