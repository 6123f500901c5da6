"""Where each answer is shown in Teams, and what becomes of one that could not be."""

import pytest

from bot.answering import Response
from bot.platform import Gone, LineDropped, NotNow, RoomGone, TooMany
from bot.teams import dialogs
from bot.teams.answers import Answers
from bot.teams.conversations import Conversation
from bot.teams.hearing import Act
from handlers.message import Answer, Card, Field, Form, Paragraph, Run

THREAD = "19:channel@thread.tacv2;messageid=1"
CHAT = Conversation(address="a:1jo", tenant="t", kind="personal", service_url="https://a.example")
CHANNEL = Conversation(
    address="19:channel@thread.tacv2", tenant="t", kind="channel", service_url="https://a.example"
)


def card(text="Saved."):
    return Card(blocks=(Paragraph((Run(text),)),), plain=text)


def answer(text="Saved.", **of):
    return Answer(said="said-1", card=card(text), **of)


FORM = Form(title="Ask", phrase="ask", fields=(Field(name="text", label="Text"),), submit="Ask")
ASKED = Answer(said="said-1", card=card("The form waits."), form=FORM)
ENDLESS = Answer(
    said="said-1",
    card=card("The form waits."),
    form=Form(title="Ask", phrase="ask", fields=(Field(name="a", label="x" * 90_000),), submit="Ask"),
)
LONG = "x" * 80_000


class Desk:
    """Answers, and where they are shown: (place, words). `fails`: the errors of the next calls, by place.

    `half`: where what stands of a card is, by its key; `kept`: what of that is told to the ear.
    """

    def __init__(self, words):
        self.desk = self
        self.words = words
        self.shown, self.arrived, self.missing, self.fails = [], [], [], {}
        self.half, self.kept = {}, []
        self.answers = Answers(self, self)

    # As an ear

    async def handed_over(self, said):
        self.arrived.append(said)

    async def not_handed_over(self, said, *, seconds=None, begun=None):
        self.missing.append((said, seconds))
        self.kept.append(begun)

    # As a platform

    async def direct(self, account):
        if "direct" in self.fails:
            raise self.fails["direct"]
        return f"personal:{account}"

    def begun(self, key):
        return self.half.get(key)

    async def post(self, place, card, key):
        if place in self.fails:
            raise self.fails[place]
        self.shown.append((place, card.plain))

    answer = post

    # What is tried

    async def shows(self, given, way="message", where=CHANNEL, *, late=False, arrived=True):
        """Hand an answer over; what the response holds when it was sent."""
        response = Response()
        act = Act(
            id="said-1", user="jo", speaker="29:jo", where=where,
            thread=THREAD if where is CHANNEL else where.address, way=way, text="",
        )  # fmt: skip
        if late or way == "message":
            response.close()
        await self.answers.hand_over(act, given, response)
        response.close()
        await self.answers.left(response, arrived=arrived)
        return response.body

    def told(self, template, facts=None):
        return self.words.card(template, facts or {})


@pytest.fixture
def at(desk):
    return Desk(desk.words)


PERSONAL = ("personal:jo", "Saved.")
HERE = ("a:1jo", "Saved.")
IN_THREAD = (THREAD, "Saved.")

ROWS = [
    ("message", CHAT, "asker", HERE),
    ("message", CHAT, "room", HERE),
    ("message", CHANNEL, "asker", PERSONAL),
    ("message", CHANNEL, "room", IN_THREAD),
    ("press", CHAT, "asker", HERE),
    ("press", CHANNEL, "asker", PERSONAL),
    ("press", CHANNEL, "room", IN_THREAD),
    ("submit", CHAT, "asker", HERE),
    ("submit", CHANNEL, "asker", PERSONAL),
    ("submit", CHANNEL, "room", IN_THREAD),
    ("fetch", CHANNEL, "room", IN_THREAD),
]


@pytest.mark.parametrize(("way", "where", "to", "shown"), ROWS)
async def test_answer_stands_where_it_belongs(at, way, where, to, shown):
    body = await at.shows(answer(to=to), way, where)

    at_hand = "personal" if shown == PERSONAL else "here"
    words = at.told("answered_there", {"where": at_hand})
    bodies = {"press": dialogs.words_at_card(words.plain), "fetch": dialogs.with_card(words)}
    assert (at.shown, at.arrived, at.missing) == ([shown], ["said-1"], [])
    assert body == bodies.get(way, {})


@pytest.mark.parametrize(("where", "to"), [(CHAT, "asker"), (CHAT, "room"), (CHANNEL, "asker")])
async def test_answer_to_a_button_that_opens_a_dialog_stands_in_the_dialog(at, where, to):
    body = await at.shows(answer(to=to), "fetch", where)

    assert (body, at.shown, at.arrived) == (dialogs.with_card(card()), [], ["said-1"])


async def test_answer_that_is_too_long_for_a_dialog_is_a_message(at):
    body = await at.shows(answer(LONG), "fetch", CHANNEL)

    assert at.shown == [("personal:jo", LONG)]
    assert body == dialogs.with_card(at.told("answered_there", {"where": "personal"}))


@pytest.mark.parametrize("way", ["press", "fetch", "submit"])
async def test_late_answer_is_a_message_and_nothing_more(at, way):
    assert await at.shows(answer(), way, late=True) == {}
    assert at.shown == [PERSONAL]


async def test_room_that_the_bot_is_not_in_any_more_is_answered_to_the_asker(at):
    at.fails[THREAD] = RoomGone("removed")
    await at.shows(answer(to="room"))

    assert (at.shown, at.arrived) == ([PERSONAL], ["said-1"])


# Forms


@pytest.mark.parametrize("way", ["fetch", "submit"])
async def test_form_opens_in_the_dialog(at, way):
    body = await at.shows(ASKED, way)

    assert body["task"]["value"]["title"] == "Ask"
    assert (at.shown, at.arrived) == ([], ["said-1"])


@pytest.mark.parametrize(
    ("given", "way", "late"),
    [(ASKED, "message", False), (ASKED, "press", False), (ASKED, "fetch", True), (ASKED, "submit", True)],
)
async def test_form_that_cannot_be_opened_waits_behind_its_card(at, given, way, late):
    await at.shows(given, way, late=late)

    assert at.shown == [("personal:jo", "The form waits.")]


async def test_form_that_no_dialog_takes_waits_behind_its_card(at):
    body = await at.shows(ENDLESS, "fetch")

    assert body == dialogs.with_card(card("The form waits."))


# Nobody to write to


@pytest.mark.parametrize("where", ["direct", "personal:jo"])
async def test_asker_who_cannot_be_written_to_is_told_in_the_thread_and_the_answer_kept(at, where):
    at.fails[where] = Gone("The app is not installed.")
    await at.shows(answer())

    assert at.shown == [(THREAD, at.told("cannot_write").plain)]
    assert (at.arrived, at.missing) == ([], [("said-1", 0)])


async def test_asker_who_cannot_be_written_to_is_told_at_the_card(at):
    at.fails["direct"] = Gone("The app is not installed.")
    body = await at.shows(answer(), "press")

    assert body == dialogs.words_at_card(at.told("cannot_write").plain)
    assert (at.shown, at.missing) == ([], [("said-1", 0)])


@pytest.mark.parametrize("given", [answer(), answer(to="room")])
async def test_asker_who_cannot_be_written_to_reads_the_answer_in_the_dialog(at, given):
    at.fails |= {"direct": Gone("The app is not installed."), THREAD: RoomGone("removed")}
    body = await at.shows(given, "submit")

    assert (body, at.shown, at.arrived) == (dialogs.with_card(card()), [], ["said-1"])


async def test_thread_that_is_gone_as_well_leaves_the_answer_to_the_postman(at):
    at.fails |= {"direct": Gone("The app is not installed."), THREAD: RoomGone("removed")}
    await at.shows(answer())

    assert (at.shown, at.missing) == ([], [("said-1", 0)])


# Trouble

TROUBLE = [(NotNow(), 0), (TooMany(7), 7), (LineDropped(), None)]


@pytest.mark.parametrize(("trouble", "seconds"), TROUBLE)
@pytest.mark.parametrize("way", ["message", "press", "submit"])
async def test_answer_that_may_not_have_arrived_is_left_to_the_postman(at, way, trouble, seconds):
    at.fails["personal:jo"] = trouble
    body = await at.shows(answer(), way)

    assert (body, at.shown, at.missing) == ({}, [], [("said-1", seconds)])


@pytest.mark.parametrize("given", [answer(), ASKED])
async def test_answer_in_a_response_that_was_not_sent_is_left_to_the_postman(at, given):
    await at.shows(given, "fetch", arrived=False)

    assert (at.arrived, at.missing) == ([], [("said-1", None)])


# Again


@pytest.mark.parametrize("way", ["message", "press", "submit"])
async def test_answer_that_stands_is_not_posted_again(at, way):
    first = await at.shows(answer(), way)
    again = await at.shows(answer(again=True), way)

    assert (again, at.shown, at.arrived) == (first, [PERSONAL], ["said-1"])


async def test_answer_in_a_dialog_is_shown_again(at):
    first = await at.shows(answer(), "fetch")
    assert await at.shows(answer(again=True), "fetch") == first


async def test_answer_that_may_not_be_read_any_more_is_not_shown(at):
    await at.shows(Answer(said="said-1", again=True), "fetch")
    assert at.shown == []


async def test_answer_that_was_posted_in_part_is_left_to_the_postman_with_where_it_stands(at):
    at.fails, at.half = {CHAT.address: TooMany(3)}, {"said-1": f"{CHAT.address} 17"}
    await at.shows(answer(LONG), "message", CHAT)

    assert (at.missing, at.kept) == ([("said-1", 3)], [f"{CHAT.address} 17"])
