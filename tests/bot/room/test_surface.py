import asyncio

import pytest

from bot.room import forms, messages, people, places, unkindness
from bot.room.mistakes import Mistake
from bot.room.surface import Outcome, Surface
from handlers.message import Account, Answer, Button, Field, Form, Place
from tests.bot.room.cards import card

ONE = Outcome(heard=True, answers=1)


class KilledError(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def surface(house):
    return Surface(house.chat, house.platform, house)


@pytest.fixture
def ruth(house):
    return people.get(house.chat, house.person("Ruth Okafor"))


@pytest.fixture
def team(house, ruth):
    return house.room("Team", "team", ruth.id, house.person("Dana Reed"))


def seen(chat, account):
    return [(message.place, message.author, message.plain) for message in messages.seen_by(chat, account)]


async def test_direct_words_are_heard_and_answered_there(chat, house, surface, ruth):
    assert await surface.say(ruth, "direct", "status please") == ONE
    [said] = house.heard
    [typed, answered] = messages.seen_by(chat, "ruth")
    assert said.id == f"room:room:direct-ruth:{typed.id}"
    assert said.text == "status please"
    assert said.place == Place(platform="room", tenant="room", address="direct-ruth", direct=True)
    assert said.by == Account(
        platform="room", tenant="room", id="ruth", name="Ruth Okafor", email="ruth@exampleshire.example"
    )
    assert (said.at, said.can_open_form, said.fields) == (house.moment, False, None)
    assert (answered.author, answered.plain) == (None, "You said: status please")
    assert house.over == [said.id]


async def test_chatter_in_a_room_is_kept_and_not_heard(chat, house, surface, ruth, team):
    assert await surface.say(ruth, team, "Nobody said /challenge here") == Outcome(heard=False)
    assert house.heard == []
    assert seen(chat, "dana") == [(team, "ruth", "Nobody said /challenge here")]


@pytest.mark.parametrize(
    ("typed", "heard", "can_open"),
    [
        ("/challenge kloe add Is it soon?", "kloe add Is it soon?", True),
        ("  /Challenge   status", "status", True),
        ("@Critical Friend: status", "status", False),
        ("@critical friend, what's next", "what's next", False),
        ("/challenge", "", True),
        ("/challenge note one\ntwo  ", "note one\ntwo", True),
    ],
)
async def test_prefix_in_a_room_addresses_the_bot(house, surface, ruth, team, typed, heard, can_open):
    await surface.say(ruth, team, typed)
    [said] = house.heard
    assert (said.text, said.can_open_form) == (heard, can_open)


@pytest.mark.parametrize("typed", ["/challenges open", "@Critical Friends meeting", "Hello @Critical Friend"])
async def test_almost_a_prefix_in_a_room_is_chatter(house, surface, ruth, team, typed):
    assert not (await surface.say(ruth, team, typed)).heard
    assert house.heard == []


async def test_answer_in_a_room_is_a_whisper_unless_it_is_for_the_room(chat, surface, ruth, team):
    await surface.say(ruth, team, "/challenge status")
    await surface.say(ruth, team, "/challenge agree")
    assert [plain for _, author, plain in seen(chat, "dana") if author is None] == ["You said: agree"]
    assert [plain for _, author, plain in seen(chat, "ruth") if author is None] == [
        "Preparation. Two things wait for you.",
        "You said: agree",
    ]


async def test_answer_where_whispers_are_refused_goes_to_the_direct_conversation(chat, surface, ruth, team):
    unkindness.become(chat, {"no_whispers": True})
    await surface.say(ruth, team, "/challenge status")
    bots = [(place, plain) for place, author, plain in seen(chat, "ruth") if author is None]
    assert bots == [("direct-ruth", "Preparation. Two things wait for you.")]
    assert [author for _, author, _ in seen(chat, "dana")] == ["ruth"]


async def test_mention_becomes_an_account_and_stays_in_the_text(house, surface, ruth, team):
    await surface.say(ruth, team, "/challenge invite @Dana Reed as peer")
    [said] = house.heard
    assert said.text == "invite @Dana Reed as peer"
    assert [account.id for account in said.mentions] == ["dana"]


async def test_slash_opens_a_form_and_sending_it_in_is_said(chat, house, surface, ruth, team):
    assert await surface.say(ruth, team, "/challenge kloe add") == ONE
    [form] = forms.open_for(chat, "ruth")
    outcome = await surface.submit(
        ruth, form.id, {"text": "Is it soon?", "number": 3, "with": ["martin", "ruth"]}
    )
    said = house.heard[-1]
    assert outcome == ONE
    assert (said.text, said.hidden, said.place.address) == ("kloe add", {"challenge": 7}, team)
    assert said.fields == {
        "text": "Is it soon?", "short": "", "day": "", "number": "3", "lead": "", "with": ["martin", "ruth"],
    }  # fmt: skip
    assert forms.open_for(chat, "ruth") == []
    assert seen(chat, "ruth")[-1] == (team, None, "Key line of enquiry 1 added: Is it soon?")
    assert house.over == [one.id for one in house.heard]
    assert not any("Is it soon?" in plain for _, _, plain in seen(chat, "dana"))


async def test_person_named_in_a_form_is_mentioned(chat, house, surface, ruth, team):
    asked = Form(
        title="Invite", phrase="invite", submit="Invite",
        fields=(Field(name="name", label="Name", kind="person"), Field(name="why", label="Why")),
    )  # fmt: skip
    house.answers["please invite"] = lambda said: Answer(said=said.id, form=asked)
    house.answers["invite"] = lambda said: Answer(said=said.id, card=card("Dana is invited."))
    await surface.say(ruth, team, "/challenge please invite")
    [form] = forms.open_for(chat, "ruth")
    await surface.submit(ruth, form.id, {"name": "@Dana Reed", "why": "as @Martin said"})

    assert [account.id for account in house.heard[-1].mentions] == ["dana"]


async def test_form_with_an_error_takes_the_place_of_the_one_sent_in(chat, house, surface, ruth):
    await surface.say(ruth, "direct", "/challenge kloe add")
    [first] = forms.open_for(chat, "ruth")
    assert await surface.submit(ruth, first.id, {"text": ""}) == ONE
    [second] = forms.open_for(chat, "ruth")
    assert second.id != first.id
    assert second.fields[0]["error"] == "Say what the team should find out."
    assert len(house.over) == 2


async def test_form_of_somebody_else_or_closed_cannot_be_sent_in(chat, house, surface, ruth, team):
    dana = people.get(chat, "dana")
    await surface.say(ruth, team, "/challenge kloe add")
    [form] = forms.open_for(chat, "ruth")
    with pytest.raises(Mistake):
        await surface.submit(dana, form.id, {"text": "x"})
    await surface.close(ruth, form.id)
    with pytest.raises(Mistake):
        await surface.submit(ruth, form.id, {"text": "x"})
    assert len(house.heard) == 1


async def test_press_says_the_phrase_of_the_version_that_was_seen(chat, house, surface, ruth, team):
    agree = Button(label="Agree", phrase="agree", hidden={"version": 1})
    posted = messages.post(chat, place=team, card=card("Draft", agree), key="a")
    hold = Button(label="Hold", phrase="hold", hidden={"version": 2})
    messages.edit(chat, posted, card("Draft 2", hold), "b")
    await surface.press(ruth, posted.id, f"{posted.version}.0")
    await surface.press(ruth, posted.id, f"{posted.version}.0")
    assert [(said.text, said.hidden, said.can_open_form) for said in house.heard] == [
        ("agree", {"version": 1}, True)
    ] * 2
    assert len({said.id for said in house.heard}) == 2
    assert all(said.id.startswith(f"room:room:{team}:press:") for said in house.heard)


async def test_press_on_what_one_cannot_see_is_a_mistake(chat, house, surface, ruth, team):
    button = Button(label="Agree", phrase="agree")
    whisper = messages.post(chat, place=team, card=card("x", button), key="a", only_for="dana")
    with pytest.raises(Mistake):
        await surface.press(ruth, whisper.id, f"{whisper.version}.0")
    places.leave(chat, team, "dana")
    with pytest.raises(Mistake):
        await surface.press(people.get(chat, "dana"), whisper.id, f"{whisper.version}.0")
    assert house.heard == []


async def test_delivered_twice_is_heard_twice_and_shown_once(chat, house, surface, ruth):
    unkindness.become(chat, {"twice": True})
    assert await surface.say(ruth, "direct", "status") == ONE
    assert await surface.say(ruth, "direct", "/challenge kloe add") == ONE
    assert [said.text for said in house.heard] == ["status", "status", "kloe add", "kloe add"]
    assert len([author for _, author, _ in seen(chat, "ruth") if author is None]) == 1
    assert len(forms.open_for(chat, "ruth")) == 1


async def test_two_answers_to_one_act_are_both_counted(chat, house, surface, ruth):
    unkindness.become(chat, {"twice": True})
    serial = iter(range(9))
    house.answers["status"] = lambda said: Answer(said=f"{said.id}-{next(serial)}", card=card("Again"))
    assert await surface.say(ruth, "direct", "status") == Outcome(heard=True, answers=2)


async def test_line_dropped_while_answering_is_posted_and_not_handed_over(chat, house, surface, ruth):
    unkindness.become(chat, {"drop_line": True})
    assert await surface.say(ruth, "direct", "status") == ONE
    assert (house.over, house.left) == ([], [house.heard[0].id])
    assert len(seen(chat, "ruth")) == 2


async def test_too_many_while_answering_is_left_to_the_postman(chat, house, surface, ruth):
    unkindness.become(chat, {"too_many": True})
    assert await surface.say(ruth, "direct", "status") == Outcome(heard=True, answers=0)
    assert (house.over, house.left) == ([], [house.heard[0].id])
    assert len(seen(chat, "ruth")) == 1


async def test_answer_that_is_none_shows_nothing(chat, house, surface, ruth):
    house.answers["status"] = lambda _: None
    assert await surface.say(ruth, "direct", "status") == Outcome(heard=True, answers=0)
    assert house.over == []


async def test_no_trigger_withholds_until_the_press_after(chat, house, surface, ruth):
    unkindness.become(chat, {"no_trigger": True})
    await surface.say(ruth, "direct", "/challenge kloe add")
    offered = messages.seen_by(chat, "ruth")[-1]
    assert offered.plain == "Press the button to open the form."
    await surface.press(ruth, offered.id, f"{offered.version}.0")
    assert len(forms.open_for(chat, "ruth")) == 1
    await surface.press(ruth, offered.id, f"{offered.version}.0")
    assert [said.can_open_form for said in house.heard] == [False, True, False]


async def test_act_that_a_killed_bot_did_not_take_is_delivered_again(chat, house, surface, ruth, team):
    await surface.say(ruth, team, "/challenge kloe add")
    [form] = forms.open_for(chat, "ruth")
    house.answers["kloe add"] = house.answers["agree with @Dana"] = _killed
    for act in (
        surface.submit(ruth, form.id, {"text": "Is it soon?", "with": ["ruth"]}),
        surface.say(ruth, team, "@Critical Friend agree with @Dana"),
    ):
        with pytest.raises(KilledError):
            await act
    lost = house.heard[1:]
    house.answers.clear()
    assert await Surface(chat, house.platform, house).redeliver() == 2
    assert house.heard[3:] == lost
    assert forms.open_for(chat, "ruth") == []
    assert [plain for _, author, plain in seen(chat, "dana") if author is None] == [
        "You said: agree with @Dana"
    ]
    assert await surface.redeliver() == 0


async def test_act_that_is_never_taken_is_tried_four_times_in_all(house, surface, ruth):
    house.answers["status"] = _killed
    with pytest.raises(KilledError):
        await surface.say(ruth, "direct", "status")
    for _ in range(3):
        with pytest.raises(KilledError):
            await surface.redeliver()
    assert await surface.redeliver() == 0
    assert len(house.heard) == 4


def _killed(_said):
    raise KilledError


async def test_what_one_person_does_is_heard_in_order(house, surface, ruth, monkeypatch):
    slow = iter((0.03, 0.0))
    heard = []

    async def hear(said):
        await asyncio.sleep(next(slow))
        heard.append(said.text)

    monkeypatch.setattr(house, "hear", hear)
    await asyncio.gather(surface.say(ruth, "direct", "first"), surface.say(ruth, "direct", "second"))
    assert heard == ["first", "second"]


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 20_001])
async def test_text_empty_or_too_long_is_a_mistake(house, surface, ruth, text):
    with pytest.raises(Mistake):
        await surface.say(ruth, "direct", text)
    assert house.heard == []


async def test_place_one_is_not_in_is_a_mistake(house, surface, ruth):
    house.person("Helen Marsh")
    for place in ("direct-helen", "room-999", ""):
        with pytest.raises(Mistake):
            await surface.say(ruth, place, "hello")
