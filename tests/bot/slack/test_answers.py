"""Where each answer is shown, and what becomes of one that could not be."""

import pytest

from bot.answering import Response
from bot.slack import draw
from bot.slack.answers import Answers
from bot.slack.hearing import Act, Modal
from bot.slack.steps import Steps
from handlers.message import Answer, Card, Field, Form, Paragraph, Run


class Told:
    """What an ear is told of answers."""

    def __init__(self, desk):
        self.desk, self.arrived, self.missing, self.waits = desk, [], [], []

    async def handed_over(self, said):
        self.arrived.append(said)

    async def not_handed_over(self, said, *, seconds=None, begun=None):
        self.missing.append(said)
        self.waits.append(seconds)


class Desk:
    """Answers in a local Slack, to Ruth in a channel, with or without the bot in it."""

    def __init__(self, peer, platform, ruth, channel, ear):
        self.peer, self.ruth, self.channel = peer, ruth, channel
        self.told = Told(ear.desk)
        self.answers = Answers(self.told, platform, Steps(ear))

    def act(self, **of):
        """An act with a trigger and a response_url, unless they are left out."""
        url = self.peer._response_url(user=self.ruth.id, channel=self.channel.id)
        usual = {"trigger": self.peer.triggers.trigger(self.ruth.id), "response_url": url}
        about = {"id": "said-1", "user": self.ruth.id, "channel": self.channel.id, "text": "", **usual, **of}
        return Act(**about)

    async def shows(self, answer, **of):
        """Hand an answer over; the response, once it was sent."""
        response, arrived = Response(), of.pop("arrived", True)
        if of.pop("late", False):
            response.close()
            response.left(arrived=arrived)
        await self.answers.hand_over(self.act(**of), answer, response)
        response.close()
        await self.answers.left(response, arrived=arrived)
        return response.body

    def seen(self, channel=None):
        """What Ruth sees of the bot: the words, and whether she alone sees them."""
        shown = [one for one in self.peer.messages(self.ruth, channel) if one.author is None]
        return [(one.plain, one.only_me) for one in shown]


@pytest.fixture
def inside(peer, platform, ruth, team, ear):
    return Desk(peer, platform, ruth, team, ear)


@pytest.fixture
def outside(peer, platform, ruth, ear):
    return Desk(peer, platform, ruth, peer.add_channel("corridor", ruth), ear)


def card(text="Saved."):
    return Card(blocks=(Paragraph((Run(text),)),), plain=text)


def answer(text="Saved.", **of):
    return Answer(said="said-1", card=card(text), **of)


LONG = "x" * 9000


def form(**of):
    return Form(title="Ask", phrase="ask", fields=(Field(name="text", label="Text", **of),), submit="Ask")


ASKED = Answer(said="said-1", card=card("The form waits."), form=form())
WRONG = Answer(said="said-1", card=card("The form waits."), form=form(error="Say more.", value="x"))


# Cards


@pytest.mark.parametrize("of", [{"direct": True}, {"channel": None}])
async def test_answer_goes_to_the_direct_conversation(inside, of):
    assert await inside.shows(answer(), **of) == {}

    assert inside.seen(inside.peer.direct(inside.ruth)) == [("Saved.", False)]
    assert inside.told.arrived == ["said-1"]


async def test_command_is_answered_in_its_response(outside):
    assert await outside.shows(answer(), in_body=True) == {
        "response_type": "ephemeral", **draw.messages(card())[0]
    }  # fmt: skip
    assert (outside.seen(), outside.told.arrived) == ([], ["said-1"])


@pytest.mark.parametrize("of", [{"in_body": True, "late": True}, {"in_body": False}])
async def test_answer_beside_the_response_goes_by_the_response_url(outside, of):
    assert await outside.shows(answer(), **of) == {}

    assert outside.seen(outside.channel) == [("Saved.", True)]


async def test_long_answer_arrives_whole_and_in_order(outside):
    assert await outside.shows(answer(LONG), in_body=True) == {}

    shown = outside.seen(outside.channel)
    assert ("".join(words for words, _ in shown), {alone for _, alone in shown}) == (LONG, {True})
    assert len(shown) > 1


async def test_mention_is_answered_for_the_asker_alone(inside):
    await inside.shows(answer(), response_url=None, trigger=None)

    assert inside.seen(inside.channel) == [("Saved.", True)]


async def test_answer_to_a_mention_in_a_thread_stands_there(inside):
    await inside.shows(answer(), response_url=None, trigger=None, thread="1.2")

    [call] = inside.peer.called("chat.postEphemeral")
    assert call.args["thread_ts"] == "1.2"


async def test_response_url_that_is_used_up_is_no_end_inside(inside):
    inside.peer.unkind.error("used_url", "response_url")
    await inside.shows(answer())

    assert inside.seen(inside.channel) == [("Saved.", True)]


async def test_response_url_of_somebody_else_gets_nothing(inside):
    await inside.shows(answer(), response_url="https://elsewhere.example/response")

    assert inside.seen(inside.channel) == [("Saved.", True)]
    assert inside.peer.called("response_url") == []


async def test_answer_to_the_room_is_a_message_there(inside):
    await inside.shows(answer(to="room"))

    [shown] = inside.peer.messages(inside.ruth, inside.channel)
    assert (shown.only_me, shown.metadata["event_payload"]["key"]) == (False, "said-1")


async def test_answer_to_a_room_where_the_bot_is_not_is_for_the_asker_alone(outside):
    await outside.shows(answer(to="room"))

    assert outside.seen(outside.channel) == [("Saved.", True)]


async def test_answer_that_stood_already_is_not_shown(inside):
    assert await inside.shows(answer(again=True), in_body=True) == {}

    assert (inside.seen(), inside.told.arrived, inside.told.missing) == ([], [], [])


TROUBLES = [
    ("drop_after", {}, None), ("drop_before", {}, None), ("status", {}, None),
    ("too_many", {"seconds": 7}, 7),
    ("error", {"error": "is_archived"}, 0), ("error", {"error": "not_in_channel"}, 0),
    ("error", {"error": "user_not_in_channel"}, 0), ("error", {"error": "token_revoked"}, 0),
]  # fmt: skip


@pytest.mark.parametrize(("how", "of", "seconds"), TROUBLES)
async def test_whisper_that_may_not_stand_is_left_to_the_postman(inside, how, of, seconds):
    getattr(inside.peer.unkind, how)(**of, method="chat.postEphemeral")
    await inside.shows(answer(), response_url=None)

    assert (inside.told.arrived, inside.told.missing, inside.told.waits) == ([], ["said-1"], [seconds])


@pytest.mark.parametrize(("how", "of", "seconds"), TROUBLES[:4])
async def test_answer_by_response_url_that_may_not_stand_is_left_to_the_postman(outside, how, of, seconds):
    getattr(outside.peer.unkind, how)("response_url", **of)
    await outside.shows(answer())

    assert (outside.told.arrived, outside.told.missing, outside.told.waits) == ([], ["said-1"], [seconds])


@pytest.mark.parametrize("how", ["in_body", "modal"])
async def test_answer_in_a_response_that_never_left_is_left_to_the_postman(inside, how):
    shown = {"in_body": (answer(), True), "modal": (WRONG, Modal(id="V1", blocks=("field:1:text",)))}[how]
    assert await inside.shows(shown[0], **{how: shown[1]}, arrived=False)

    assert (inside.told.arrived, inside.told.missing) == ([], ["said-1"])


async def test_answer_in_a_response_stands_only_when_that_has_left(inside):
    response = Response()
    await inside.answers.hand_over(inside.act(in_body=True), answer(), response)
    assert (inside.told.arrived, inside.told.missing) == ([], [])

    await inside.answers.left(response, arrived=True)
    assert (inside.told.arrived, inside.told.missing) == (["said-1"], [])


async def test_answer_that_cannot_even_be_left_to_the_postman_breaks_nothing(inside, monkeypatch):
    async def broken(*_, **__):
        raise LookupError

    monkeypatch.setattr(inside.told, "not_handed_over", broken)
    inside.peer.unkind.drop_after("chat.postEphemeral")

    assert await inside.shows(answer(), response_url=None) == {}


# Forms


async def test_form_is_opened(inside):
    await inside.shows(ASKED)

    assert inside.peer.form(inside.ruth).title == "Ask"
    assert (inside.seen(), inside.told.arrived) == ([], ["said-1"])


NOT_OPENED = ["expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "invalid_arguments"]


@pytest.mark.parametrize("error", NOT_OPENED)
async def test_form_that_cannot_be_opened_waits_behind_its_card(inside, error):
    inside.peer.unkind.error(error, "views.open")
    await inside.shows(ASKED)

    assert inside.peer.form(inside.ruth) is None
    assert inside.seen(inside.channel) == [("The form waits.", True)]


async def test_form_that_comes_too_late_for_its_trigger_waits_behind_its_card(inside):
    act = inside.act()
    inside.peer.later(seconds=4)
    await inside.answers.hand_over(act, ASKED, Response())

    assert inside.seen(inside.channel) == [("The form waits.", True)]


async def test_form_that_no_modal_can_hold_waits_behind_its_card(inside):
    large = Form(title="Ask", phrase="ask " + "x" * 3000, fields=form().fields, submit="Ask")
    await inside.shows(Answer(said="said-1", card=card("The form waits."), form=large))

    assert inside.seen(inside.channel) == [("The form waits.", True)]


async def test_mistake_stands_at_its_field(inside):
    modal = Modal(id="V1", blocks=("field:1:text",))

    assert await inside.shows(WRONG, modal=modal) == {
        "response_action": "errors", "errors": {"field:1:text": "Say more."}
    }  # fmt: skip
    assert inside.told.arrived == ["said-1"]


async def test_mistake_at_a_field_out_of_sight_brings_that_field(inside):
    shown = await inside.shows(WRONG, modal=Modal(id="V1", blocks=("field:1:another",)))

    assert shown["response_action"] == "update"
    [field] = [block for block in shown["view"]["blocks"] if block["type"] == "input"]
    assert field["element"]["initial_value"] == "x"


async def test_mistake_that_is_found_late_waits_behind_a_card(inside):
    modal = Modal(id="V1", blocks=("field:1:text",))

    assert await inside.shows(WRONG, modal=modal, late=True) == {}
    assert inside.seen(inside.channel) == [("The form waits.", True)]


# Refusals of the surface itself


async def test_form_that_was_not_heard_stays_open_with_the_reason_at_its_first_field(inside):
    response = Response()
    modal = Modal(id="V1", blocks=("x", "field:1:text", "field:1:more"))
    await inside.answers.refuse(inside.act(modal=modal), card("Try again."), response)

    assert response.body == {"response_action": "errors", "errors": {"field:1:text": "Try again."}}


async def test_act_that_was_not_heard_is_answered_like_any(inside):
    await inside.answers.refuse(inside.act(), card("Try again."), Response())

    assert inside.seen(inside.channel) == [("Try again.", True)]
