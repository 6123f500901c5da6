"""A card as messages: one for each Adaptive Card, with a summary for notifications and no text beside it."""

import pytest

from bot.teams.activities import activities, nothing, notifying
from bot.teams.draw import cards
from handlers.message import Bullets, Card, Divider, Paragraph, Quote, Run, Table


def _card(text):
    return Card(blocks=(Paragraph((Run(text),)),), plain=text)


def test_card_is_one_message_with_its_first_line_as_summary():
    card = _card("Exampleshire: day 2\nNotes, please.")

    assert activities(card) == (
        {
            "type": "message",
            "summary": "Exampleshire: day 2 Notes, please.",
            "attachments": [
                {"contentType": "application/vnd.microsoft.card.adaptive", "content": cards(card)[0]}
            ],
        },
    )


def test_long_card_is_several_messages_each_with_a_card_of_its_own():
    card = _card("x " * 50_000)
    contents = [one["attachments"][0]["content"] for one in activities(card)]

    assert contents == list(cards(card))
    assert len(contents) > 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("<at>Ruth</at> look", "\u2039at\u203aRuth\u2039/at\u203a look"),
        ("a " * 200, "a " * 98 + "a…"),
        ("\x00", "\ufffd"),
    ],
)
def test_summary_is_short_and_nothing_in_it_is_read_as_a_mention(typed, told):
    assert activities(_card(typed))[0]["summary"] == told


WORDS = (Run("They are afraid."),)
PRIVATE = [Quote(WORDS), Bullets((WORDS,)), Table((), ((WORDS,),)), Divider()]


@pytest.mark.parametrize("private", PRIVATE)
def test_notification_says_what_a_card_is_about_and_nothing_of_what_is_in_it(private):
    about = Paragraph((Run("Day 2: a draft for "), Run("Exampleshire", strong=True)))
    card = Card(blocks=(private, about, Paragraph(WORDS)), plain="They are afraid.")

    assert activities(card)[0]["summary"] == "Day 2: a draft for Exampleshire"
    assert activities(Card(blocks=(private,), plain=""))[0]["summary"] == "Critical Friend"


def test_notice_is_asked_for_beside_everything_else():
    [message] = activities(_card("hello"))

    assert notifying(message) == {**message, "channelData": {"notification": {"alert": True}}}


def test_nothing_is_a_card_with_a_dash():
    assert nothing()["attachments"][0]["content"] == cards(Card(blocks=(), plain=""))[0]
    assert nothing()["summary"] == "Critical Friend"
