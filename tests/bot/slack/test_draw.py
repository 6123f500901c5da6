import json

import pytest
from hypothesis import given

from bot.slack.draw import messages
from handlers.message import Bullets, Button, Divider, Heading, Paragraph, Quote, Run, Table
from tests.drawn import assert_holds, walk
from tests.drawn_slack import assert_slack_message
from tests.hostile import TEXTS, buttons, card, cards, quick


def _run(text, **style):
    return (Run(text, **style),)


def _shown(drawn):
    return "".join(
        part["text"] for part in walk(drawn) if isinstance(part.get("text"), str) and "type" in part
    )


def _buttons(drawn):
    return [part for part in walk(drawn) if part.get("type") == "button"]


@quick
@given(cards)
def test_messages_any_card_is_accepted_by_slack(some):
    for message in messages(some):
        assert_slack_message(message)


@quick
@given(cards)
def test_messages_any_card_keeps_every_word(some):
    drawn = messages(card(*some.blocks))

    assert_holds(_shown([message["blocks"] for message in drawn]), some)


@quick
@given(buttons)
def test_messages_any_button_carries_its_phrase_and_hidden_facts(button):
    found = _buttons(messages(card(buttons=[button])))

    assert [json.loads(one["value"]) for one in found] == [
        {"phrase": button.phrase, "hidden": dict(button.hidden)}
    ]


@pytest.mark.parametrize("text", TEXTS)
def test_messages_typed_text_stands_in_text_elements_only(text):
    some = card(Paragraph(_run(text)), Quote(_run(text)), Table((), ((_run(text),),)))
    drawn = messages(some)

    assert_holds(_shown([message["blocks"] for message in drawn]), some)
    for message in drawn:
        assert_slack_message(message)
    assert {part["type"] for part in walk(drawn) if part.get("text") and part.get("type")} <= {"text"}


def test_messages_small_card_is_one_message():
    some = card(
        Heading(_run("Exampleshire peer challenge")),
        Paragraph((Run("Ask "), Run("Dana", strong=True), Run(" & co", link="https://help.example/a"))),
        Bullets((_run("one"), _run("two")), ordered=True),
        Divider(),
        Quote(_run("as typed", emphasis=True)),
        buttons=[Button(label="Agree", phrase="proposal agree", hidden={"challenge": 7}, main=True)],
    )

    assert messages(some) == (
        {
            "text": "Exampleshire peer challenge\n\nAsk Dana &amp; co\n\n1. one\n2. two\n\nas typed",
            "blocks": [
                {
                    "type": "header",
                    "text": {"type": "plain_text", "text": "Exampleshire peer challenge", "emoji": False},
                },
                _rich(
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "Ask "},
                            {"type": "text", "text": "Dana", "style": {"bold": True}},
                            {"type": "link", "url": "https://help.example/a", "text": " & co"},
                        ],
                    }
                ),
                _rich(
                    {
                        "type": "rich_text_list",
                        "style": "ordered",
                        "elements": [_section("one"), _section("two")],
                    }
                ),
                {"type": "divider"},
                _rich(
                    {
                        "type": "rich_text_quote",
                        "elements": [{"type": "text", "text": "as typed", "style": {"italic": True}}],
                    }
                ),
                {
                    "type": "actions",
                    "elements": [
                        {
                            "type": "button",
                            "action_id": "phrase:0",
                            "text": {"type": "plain_text", "text": "Agree", "emoji": False},
                            "value": '{"phrase":"proposal agree","hidden":{"challenge":7}}',
                            "style": "primary",
                        }
                    ],
                },
            ],
        },
    )


def _rich(element):
    return {"type": "rich_text", "elements": [element]}


def _section(text):
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}


def test_messages_nothing_to_say_is_a_dash():
    assert messages(card()) == ({"text": "–", "blocks": [_rich(_section("–"))]},)


def test_messages_long_card_becomes_several_each_with_its_own_words():
    drawn = messages(card(Paragraph(_run("early help " * 800))))

    assert len(drawn) == 3
    assert [message["text"] for message in drawn] == [_shown(message["blocks"]) for message in drawn]


def test_messages_two_tables_draw_the_second_as_a_list():
    table = Table((_run("Who"),), ((_run("Dana"),), ((),)))

    (message,) = messages(card(table, table))

    assert [block["elements"][0]["type"] if block["type"] == "rich_text" else block["type"]
            for block in message["blocks"]] == ["table", "rich_text_list"]  # fmt: skip
    assert _shown(message["blocks"]) == "WhoDana–Who: DanaWho: –"


@pytest.mark.parametrize("rows", [((_run("x"),) * 21,), ((_run("x"),),) * 101, ((_run("x" * 5000),),)])
def test_messages_table_that_slack_refuses_becomes_a_list(rows):
    drawn = messages(card(Table((), rows)))

    assert "table" not in {part.get("type") for part in walk(drawn)}
    for message in drawn:
        assert_slack_message(message)


def test_messages_many_buttons_have_ids_of_their_own():
    drawn = messages(card(buttons=[Button(label=f"B{n}", phrase=f"done {n}") for n in range(60)]))

    ids = [button["action_id"] for button in _buttons(drawn)]
    assert ids == [f"phrase:{n}" for n in range(60)]
    for message in drawn:
        assert_slack_message(message)


def test_messages_long_button_label_is_shown_in_full_above():
    label = "Agree the scoping proposal as it stands " * 3

    (message,) = messages(card(buttons=[Button(label=label, phrase="proposal agree")]))

    assert _shown(message["blocks"][0]) == label
    assert _buttons(message)[0]["text"]["text"].endswith("…")


def test_messages_button_that_carries_too_much_says_what_to_type():
    phrase = "kloe add " + "early help " * 300

    (message,) = messages(
        card(buttons=[Button(label="Exampleshire", phrase=phrase), Button(label="No", phrase="no")])
    )

    assert _shown(message["blocks"][0]) == f"Exampleshire: type {phrase}"
    assert [button["action_id"] for button in _buttons(message)] == ["phrase:1"]
    assert message["text"] == f"- Exampleshire: type {phrase}"


def test_messages_only_buttons_say_their_labels():
    (message,) = messages(
        card(buttons=[Button(label="Yes & no", phrase="yes"), Button(label="No", phrase="no")])
    )

    assert message["text"] == "Yes &amp; no, No"
