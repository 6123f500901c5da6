"""What Teams refuses comes to one of the port's errors, each with a reason that people can read."""

import math

import pytest

from bot.platform import Gone, LineDropped, NotNow, RoomGone, TooMany
from bot.teams.conversations import Conversation
from bot.teams.refusals import PATIENCE, MessageGone, NotAllowed, meant, meant_of_message, patience
from bot.teams.transport import Refusal

CHAT = Conversation(address="a:1", tenant="t", kind="personal", service_url="https://smba.example/")
ROOM = Conversation(address="19:1@thread.tacv2", tenant="t", kind="channel", service_url=CHAT.service_url)

NO_APP = "The app is not installed for this person in Teams."
BLOCKED = "This person blocked the app in Teams."


def _told(error):
    return type(error), *error.args


IN_A_CHAT = [
    (429, "Throttled", (TooMany, PATIENCE)),
    (412, "PreconditionFailed", (NotNow, "PreconditionFailed")),
    (502, "ServiceError", (NotNow, "ServiceError")),
    (503, "", (NotNow, "")),
    (504, "", (NotNow, "")),
    (500, "ServiceError", (LineDropped, "ServiceError")),
    (599, "", (LineDropped, "")),
    (408, "", (LineDropped, "")),
    (401, "", (NotAllowed, "401")),
    (401, "BotNotRegistered", (NotAllowed, "BotNotRegistered")),
    (403, "InvalidBotApiHost", (NotAllowed, "InvalidBotApiHost")),
    (421, "ForeignServiceUrl", (NotAllowed, "ForeignServiceUrl")),
    (403, "BotNotInConversationRoster", (Gone, NO_APP)),
    (403, "ConversationBlockedByUser", (Gone, BLOCKED)),
    (403, "MessageWritesBlocked", (Gone, BLOCKED)),
    (403, "BotDisabledByAdmin", (Gone, "An administrator does not let this person use the app in Teams.")),
    (403, "ForbiddenOperationException", (Gone, "Teams does not let the app write to this person.")),
    (404, "ConversationNotFound", (Gone, "There is no such conversation in Teams any more.")),
]


@pytest.mark.parametrize(("status", "code", "error"), IN_A_CHAT)
def test_refusal_in_a_personal_chat_is_told_in_the_ports_words(status, code, error):
    assert _told(meant(Refusal(status, code), CHAT)) == error


@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        (403, "BotNotInConversationRoster", "removed"),
        (403, "ServiceError", "removed"),
        (403, "NotEnoughPermissions", "archived"),
        (404, "ConversationNotFound", "deleted"),
        (410, "", "deleted"),
    ],
)
def test_refusal_in_a_room_says_what_became_of_the_room(status, code, why):
    assert _told(meant(Refusal(status, code), ROOM)) == (RoomGone, why)


@pytest.mark.parametrize(("status", "code"), [(400, "BadSyntax"), (413, "MessageSizeTooBig"), (418, "")])
def test_refusal_of_what_was_asked_wrongly_is_a_mistake_of_ours(status, code):
    refusal = Refusal(status, code)

    assert meant(refusal, ROOM) is refusal


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "ActivityNotFoundInConversation"),
        (404, "ConversationNotFound"),
        (403, "ServiceError"),
        (403, ""),
    ],
)
@pytest.mark.parametrize("of", [CHAT, ROOM], ids=["chat", "room"])
def test_message_that_somebody_deleted_is_gone_and_its_conversation_is_not(status, code, of):
    error = meant_of_message(Refusal(status, code), of)

    assert _told(error) == (MessageGone, "Somebody deleted the message.")


def test_change_of_a_message_where_the_bot_is_no_more_says_that_of_the_room():
    assert _told(meant_of_message(Refusal(403, "BotNotInConversationRoster"), ROOM)) == (RoomGone, "removed")


@pytest.mark.parametrize(
    ("asked", "kept"),
    [(7.0, 7.0), (0.0, 1.0), (-5.0, 1.0), (1e9, 600.0), (None, 30.0), (math.nan, 30.0), (math.inf, 30.0)],
)
def test_patience_is_what_teams_asks_for_where_that_makes_sense(asked, kept):
    assert patience(asked) == kept
