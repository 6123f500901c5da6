import json
from dataclasses import replace

from hypothesis import given

from bot.slack.draw_home import view
from handlers.message import Button, Divider, Heading, Paragraph, Run
from tests.drawn import assert_holds, walk
from tests.drawn_slack import assert_slack_home
from tests.hostile import card, cards, quick


def _run(text):
    return (Run(text),)


def _texts(drawn):
    return [part["text"] for part in walk(drawn) if isinstance(part.get("text"), str)]


def _pressed(drawn):
    return [json.loads(part["value"])["phrase"] for part in walk(drawn) if part.get("type") == "button"]


@quick
@given(cards)
def test_home_any_card_is_accepted_by_slack(some):
    assert_slack_home(view(some))


@quick
@given(cards)
def test_home_any_card_keeps_every_word(some):
    words = card(*some.blocks)

    assert_holds("".join(_texts(view(words))), words)


def test_home_buttons_stand_under_their_heading_and_the_others_at_the_end():
    buttons = [
        Button(label="New challenge", phrase="new"),
        Button(label="Done: 7", phrase="done 7", under="Northmere"),
        Button(label="Agree", phrase="proposal", under="Exampleshire"),
    ]
    blocks = (
        Heading(_run("Exampleshire")), Paragraph(_run("one")), Heading(_run("Northmere")),
        Paragraph(_run("two")), Divider(), Paragraph(_run("next")),
    )  # fmt: skip
    drawn = view(card(*blocks, buttons=buttons))

    assert _pressed(drawn) == ["proposal", "done 7", "new"]
    kinds = [block["type"] for block in drawn["blocks"]]
    assert kinds == [
        "header", "rich_text", "actions", "header", "rich_text", "actions", "divider", "rich_text", "actions"
    ]  # fmt: skip


def test_home_buttons_of_a_heading_that_is_not_there_stand_at_the_end():
    drawn = view(card(Paragraph(_run("one")), buttons=[Button(label="A", phrase="a", under="Gone")]))

    assert _pressed(drawn) == ["a"]


def test_home_two_headings_alike_show_a_button_once():
    button = Button(label="A", phrase="a", under="Same")
    drawn = view(
        card(Heading(_run("Same")), Heading(_run("Same")), buttons=[button, replace(button, phrase="b")])
    )

    assert _pressed(drawn) == ["a", "b"]


MORE = "There is more than this page can hold. To see it, press “Show all”."
LONG = tuple(Paragraph(_run(f"line {number}")) for number in range(120))


def test_home_of_too_many_blocks_says_that_there_is_more_and_shows_the_way():
    drawn = view(card(*LONG, buttons=[Button(label="Agree", phrase="proposal")]))

    assert_slack_home(drawn)
    assert _texts(drawn)[97:] == ["line 97", MORE, "Agree", "Show all"]
    assert _pressed(drawn) == ["proposal", "home all"]


def test_home_of_too_many_blocks_shows_the_way_once():
    drawn = view(card(*LONG, buttons=[Button(label="Everything", phrase="home all")]))

    assert _pressed(drawn) == ["home all"]


def test_home_without_words_is_still_a_page():
    assert_slack_home(view(card()))
