"""Every template and form, with its smallest and largest facts, drawn on all three surfaces.

The facts stand in tests/samples/NAME.toml, tables [smallest] and [largest]; "(long)" there is a
text as long as a field takes, full of markup. A new template without such a file fails here.
"""

import tomllib
from pathlib import Path

import pytest

from bot.letters import drawable
from bot.room import draw as room
from bot.slack import draw_home
from bot.slack.draw import messages
from bot.slack.draw_form import views
from bot.teams.draw import cards
from bot.teams.draw_form import task
from handlers import forms
from handlers.shapes import Shapes
from handlers.words import Words
from tests.drawn import assert_holds, walk
from tests.drawn_html import assert_room_html
from tests.drawn_slack import assert_slack_home, assert_slack_message, assert_slack_view
from tests.drawn_teams import assert_teams_card

TEMPLATES = Path(__file__).parents[2] / "templates"
SAMPLES = Path(__file__).parents[1] / "samples"
MARKUP = "**Bold** <!channel> <at>Everyone</at> [go](https://evil.example) <b>&amp;</b> {{ 7*7 }}\n# no\n"
LONG = (MARKUP * 40)[:3000]

WORDS = Words(TEMPLATES)
SHAPES = Shapes.load(TEMPLATES)
SIZES = ["smallest", "largest"]


def _filled(value):
    if isinstance(value, dict):
        return {key: _filled(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one) for one in value]
    return LONG if value == "(long)" else value


def _card(name, size):
    file = SAMPLES / f"{name}.toml"
    assert file.exists(), f"tests/samples/{name}.toml is missing: its smallest and largest facts"
    return WORDS.card(name, _filled(tomllib.loads(file.read_text(encoding="utf-8"))[size]), {"challenge": 7})


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", sorted(WORDS.templates))
def test_template_with_its_facts_is_drawn_whole_on_all_surfaces(name, size):
    card = _card(name, size)
    in_slack, in_teams, in_room = messages(card), cards(card), room.card(card)

    for message in in_slack:
        assert_slack_message(message)
    for one in in_teams:
        assert_teams_card(one)
    assert_holds(_slack_text(in_slack), card)
    assert_holds(_teams_text(in_teams), card)
    assert_holds(assert_room_html(in_room).text, card)


def _slack_text(drawn):
    parts = walk([message["blocks"] for message in drawn])
    return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def _teams_text(drawn):
    found = [part["text"] for part in walk(drawn) if part.get("type") == "TextRun"]
    return "".join("" if text == "\u00a0" else text for text in found)


@pytest.mark.parametrize("size", SIZES)
def test_home_is_drawn_whole_as_a_page_of_slack(size):
    card = _card("home", size)
    page = draw_home.view(card)

    assert_slack_home(page)
    assert_holds(_slack_text([{"blocks": page["blocks"]}]), card)
    assert len([part for part in walk(page) if part.get("type") == "button"]) == len(card.buttons)


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.toml")), ids=lambda file: file.stem)
def test_sample_belongs_to_a_template(file):
    assert file.stem in WORDS.templates


def _form(name, size):
    """A form as it opens first, or as it comes back with an error at each field and all of it filled in."""
    shape = SHAPES.form(name)
    largest = size == "largest"
    choices = [(f"value_{number}", LONG[:60].strip()) for number in range(120 if largest else 1)]
    return forms.form(
        shape,
        words=WORDS,
        known={field.name: _known(field) for field in shape.fields} if largest else {},
        errors={field.name: LONG for field in shape.fields} if largest else {},
        hidden={"challenge": 7},
        offered={field.choices_from: choices for field in shape.fields if field.choices_from},
    )


def _known(field):
    """What was typed, in a text a little longer than its field takes."""
    typed = {"number": 3, "date": "2026-11-11", "choices": ["value_0"], "choice": "value_0"}
    return typed.get(field.kind, LONG[: field.limit + 20])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", sorted(SHAPES.forms))
def test_form_is_drawn_on_all_surfaces(name, size):
    form = _form(name, size)

    for view in views(form):
        assert_slack_view(view)
    assert_teams_card(task(form)["card"]["content"])
    page = assert_room_html(room.form(form, "12"))
    labels = [field.label for field in form.fields]
    labels += [choice.label for field in form.fields for choice in field.choices]
    assert [label for label in labels if drawable(label) not in page.text] == []
