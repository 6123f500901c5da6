"""Dialogs, and what comes back from them."""

import pytest

from bot.teams import dialogs
from bot.teams.hearing import submission
from handlers.message import Button, Card, Field, Form, Paragraph, Run
from tests.bot.teams.activity import invoke
from tests.drawn import walk
from tests.drawn_teams import assert_teams_card

BUTTONS = (
    Button(label="Agree", phrase="proposal agree", hidden={"challenge": 7}, main=True),
    Button(label="Changes", phrase="proposal changes", hidden={"challenge": 7}, opens_form=True),
)


def card(text="Saved.", buttons=BUTTONS):
    return Card(blocks=(Paragraph((Run(text),)),), plain=text, buttons=buttons)


def _content(body):
    assert body["task"]["type"] == "continue"
    content = body["task"]["value"]["card"]["content"]
    assert_teams_card(content)
    return content


def _actions(content):
    return [part for part in walk(content) if str(part.get("type")).startswith("Action.")]


def test_buttons_of_a_card_in_a_dialog_come_back_as_presses():
    actions = _actions(_content(dialogs.with_card(card())))

    assert [one["type"] for one in actions] == ["Action.Submit", "Action.Submit"]
    acts = [submission(invoke("task/submit", {"data": one["data"]})) for one in actions]
    assert [(act.text, act.hidden, act.fields) for act in acts] == [
        ("proposal agree", {"challenge": 7}, None),
        ("proposal changes", {"challenge": 7}, None),
    ]


def test_card_that_is_too_long_for_a_dialog_is_none():
    assert dialogs.with_card(card("x" * 80_000)) is None


@pytest.mark.parametrize("fields", [(), (Field(name="text", label="Text"),)])
def test_form_in_a_dialog_comes_back_with_its_number(fields):
    form = Form(title="Ask", phrase="ask", fields=fields, submit="Ask", hidden={"challenge": 7})
    [action] = _actions(_content(dialogs.with_form(form, "a1")))

    act = submission(invoke("task/submit", {"data": action["data"]}))
    assert (act.form, act.text, act.hidden, act.fields) == ("a1", "ask", {"challenge": 7}, {})
