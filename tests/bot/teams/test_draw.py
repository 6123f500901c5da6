import pytest
from hypothesis import given

from bot.teams.draw import cards as drawn_cards
from handlers.message import Bullets, Button, Divider, Heading, Paragraph, Quote, Run, Table
from tests.drawn import assert_holds, walk
from tests.drawn_teams import assert_teams_card
from tests.hostile import TEXTS, buttons, card, cards, quick

LINES = "\n\u00a0"
"""A line of its own that is empty holds a space that nobody typed."""


def _run(text, **style):
    return (Run(text, **style),)


def _shown(drawn):
    return "".join(part["text"] for part in walk(drawn) if part.get("type") == "TextRun")


def _line(*runs, **more):
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", **run} for run in runs], **more}


@quick
@given(cards)
def test_cards_any_card_is_accepted_by_teams(some):
    for drawn in drawn_cards(some):
        assert_teams_card(drawn)


@quick
@given(cards)
def test_cards_any_card_keeps_every_word(some):
    assert_holds(_shown(drawn_cards(card(*some.blocks))), some, but=LINES)


@quick
@given(buttons)
def test_cards_any_button_carries_its_phrase_and_hidden_facts(button):
    (drawn,) = drawn_cards(card(buttons=[button]))
    (action,) = drawn["body"][-1]["actions"]

    asks = {"msteams": {"type": "task/fetch"}} if button.opens_form else {}
    assert action["type"] == ("Action.Submit" if button.opens_form else "Action.Execute")
    assert action["data"] == {"phrase": button.phrase, "hidden": dict(button.hidden), **asks}


@pytest.mark.parametrize("text", TEXTS)
def test_cards_typed_text_stands_in_text_runs_only(text):
    some = card(Heading(_run(text)), Quote(_run(text)), Table((), ((_run(text),),)))
    drawn = drawn_cards(some)

    assert_holds(_shown(drawn), some, but=LINES)
    for one in drawn:
        assert_teams_card(one)
    assert {part["type"] for part in walk(drawn) if "text" in part} <= {"TextRun"}


def test_cards_small_card_is_one_card():
    some = card(
        Heading(_run("Exampleshire")),
        Paragraph(
            (Run("Ask "), Run("Dana\nor Sam", strong=True), Run(" here", link="https://help.example/a"))
        ),
        Divider(),
        Bullets((_run("one"), _run("two", code=True)), ordered=True),
        Quote(_run("as typed", emphasis=True)),
        buttons=[Button(label="Agree", phrase="proposal agree", hidden={"challenge": 7}, main=True)],
    )
    data = {"phrase": "proposal agree", "hidden": {"challenge": 7}}
    link = {"type": "Action.OpenUrl", "url": "https://help.example/a"}

    assert drawn_cards(some) == (
        {
            "type": "AdaptiveCard",
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "version": "1.5",
            "lang": "en-GB",
            "msteams": {"width": "Full"},
            "body": [
                _line({"text": "Exampleshire", "weight": "Bolder", "size": "Large"}),
                _line({"text": "Ask "}, {"text": "Dana", "weight": "Bolder"}),
                _line(
                    {"text": "or Sam", "weight": "Bolder"},
                    {"text": " here", "selectAction": link},
                    spacing="None",
                ),
                _line({"text": "1. "}, {"text": "one"}, separator=True),
                _line({"text": "2. "}, {"text": "two", "fontType": "Monospace"}),
                {
                    "type": "Container",
                    "style": "emphasis",
                    "items": [_line({"text": "as typed", "italic": True})],
                },
                {
                    "type": "ActionSet",
                    "actions": [
                        {
                            "type": "Action.Execute",
                            "verb": "phrase",
                            "title": "Agree",
                            "style": "positive",
                            "data": data,
                            "fallback": {
                                "type": "Action.Submit",
                                "title": "Agree",
                                "style": "positive",
                                "data": data,
                            },
                        }
                    ],
                },
            ],
        },
    )


def test_cards_table_has_a_head_and_no_empty_cell():
    (drawn,) = drawn_cards(card(Table((_run("Who"),), ((_run("Dana"),), ((),)))))

    assert drawn["body"] == [
        {
            "type": "Table",
            "firstRowAsHeader": True,
            "columns": [{"width": 1}],
            "rows": [
                _row({"text": "Who", "weight": "Bolder"}),
                _row({"text": "Dana"}),
                _row({"text": "–"}),
            ],
        }
    ]


def _row(*runs):
    return {"type": "TableRow", "cells": [{"type": "TableCell", "items": [_line(run)]} for run in runs]}


def test_cards_table_above_the_size_limit_becomes_a_list():
    drawn = drawn_cards(card(Table((_run("Who"),), ((_run("Dana " * 2000),),) * 8)))

    assert len(drawn) > 1
    assert "Table" not in {part.get("type") for part in walk(drawn)}
    for one in drawn:
        assert_teams_card(one)


def test_cards_long_card_becomes_several_with_the_buttons_in_the_last():
    some = card(Paragraph(_run("early help " * 9000)), buttons=[Button(label="Agree", phrase="agree")])

    drawn = drawn_cards(some)

    assert [any(part.get("type") == "ActionSet" for part in walk(one)) for one in drawn] == [
        False,
        False,
        True,
    ]


def test_cards_seven_buttons_make_two_sets():
    (drawn,) = drawn_cards(card(buttons=[Button(label=f"B{n}", phrase=f"done {n}") for n in range(7)]))

    assert [len(element["actions"]) for element in drawn["body"]] == [6, 1]


def test_cards_long_button_label_is_shown_in_full_above():
    label = "Agree the scoping proposal as it stands " * 3

    (drawn,) = drawn_cards(card(buttons=[Button(label=label, phrase="proposal agree")]))

    assert _shown(drawn["body"][0]) == f"• {label}"
    assert drawn["body"][1]["actions"][0]["title"].endswith("…")
