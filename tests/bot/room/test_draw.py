import pytest
from hypothesis import given

from bot.letters import drawable
from bot.room.draw import card as card_html
from bot.room.draw import form as form_html
from handlers.message import (
    Bullets,
    Button,
    Choice,
    Divider,
    Field,
    Form,
    Heading,
    Paragraph,
    Quote,
    Run,
    Table,
)
from tests.drawn import assert_holds
from tests.drawn_html import assert_room_html
from tests.hostile import TEXTS, card, cards, forms, quick


def _run(text, **style):
    return (Run(text, **style),)


def _form(*fields):
    return Form(title="Key line", phrase="kloe add", submit="Save", fields=fields)


@quick
@given(cards)
def test_card_any_card_is_clean_html_with_every_word(some):
    page = assert_room_html(card_html(some))

    assert_holds(page.text, some)
    assert [button["data-button"] for button in page.all("button")] == [
        str(n) for n in range(len(some.buttons))
    ]


@quick
@given(forms)
def test_form_any_form_is_clean_html_that_asks_every_field(form):
    page = assert_room_html(form_html(form, "12"))

    asked = [attributes["name"] for attributes in page.all("input", "textarea", "select")]
    expected = [field.name for field in form.fields if field.choices or not field.kind.startswith("choice")]
    assert list(dict.fromkeys(asked)) == expected


@pytest.mark.parametrize("text", TEXTS)
def test_card_typed_text_makes_no_element(text):
    page = assert_room_html(card_html(card(Paragraph(_run(f"a{text}")))))

    assert {tag for tag, _ in page.elements} <= {"div", "p", "br", "bdi"}
    assert page.text == drawable(f"a{text}")


@pytest.mark.parametrize("text", [text for text in TEXTS if text.strip()])
def test_form_known_text_stands_in_its_input(text):
    page = assert_room_html(form_html(_form(Field(name="n", label="N", kind="long", value=text)), "12"))

    assert drawable(text) in page.text


def test_card_small_card_reads_as_html():
    some = card(
        Heading(_run("Exampleshire")),
        Heading(_run("Who"), level=3),
        Paragraph(
            (Run("Ask "), Run("Dana\nor Sam", strong=True), Run(" here", link="https://help.example/a?b&c"))
        ),
        Bullets((_run("one"), _run("two", code=True)), ordered=True),
        Divider(),
        Quote(_run("<b>", emphasis=True)),
        Table((_run("Who"), _run("When")), ((_run("Dana"), ()),)),
        buttons=[
            Button(label="Agree", phrase="proposal agree", main=True),
            Button(label="Ask", phrase="ask", opens_form=True),
        ],
    )

    assert card_html(some) == (
        '<div class="cf-card">'
        "<h3>Exampleshire</h3>"
        "<h4>Who</h4>"
        "<p>Ask <strong>Dana<br>or Sam</strong>"
        '<a href="https://help.example/a?b&amp;c" rel="noopener"> here</a></p>'
        "<ol><li>one</li><li><code>two</code></li></ol>"
        "<hr>"
        "<blockquote><em>&lt;b&gt;</em></blockquote>"
        '<table><thead><tr><th scope="col">Who</th><th scope="col">When</th></tr></thead>'
        '<tbody><tr><th scope="row">Dana</th><td>–</td></tr></tbody></table>'
        '<div class="cf-buttons"><button type="button" data-button="0" class="cf-main">Agree</button>'
        '<button type="button" data-button="1">Ask</button></div>'
        "</div>"
    )


def test_card_text_from_right_to_left_is_kept_apart():
    name = "\u05d3\u05e0\u05d4"

    drawn = card_html(card(Paragraph((Run("Ask "), Run(name), Run(" (peer)")))))

    assert drawn == f'<div class="cf-card"><p>Ask <bdi>{name}</bdi> (peer)</p></div>'


def test_form_field_with_an_error_says_so_at_the_input():
    field = Field(
        name="text", label="Key line", limit=300, hint="A question.", value='"Is" it?', error="Too soon."
    )

    assert form_html(_form(field), "12") == (
        '<form class="cf-form" id="form-12" aria-labelledby="form-12-title" novalidate>'
        '<h3 id="form-12-title">Key line</h3>'
        '<div class="cf-field"><label for="form-12-1">Key line (required)</label>'
        '<p class="cf-hint" id="form-12-1-hint">A question. Up to 300 characters.</p>'
        '<p class="cf-error" id="form-12-1-error" role="alert">Error: Too soon.</p>'
        '<input type="text" id="form-12-1" name="text" aria-describedby="form-12-1-hint form-12-1-error"'
        ' required aria-invalid="true" dir="auto" autocomplete="off" value="&quot;Is&quot; it?"></div>'
        '<div class="cf-buttons"><button type="submit" class="cf-main">Save</button></div>'
        "</form>"
    )


def test_form_few_choices_are_a_group_with_a_legend():
    field = Field(
        name="c",
        label="Agree?",
        kind="choice",
        required=False,
        choices=(Choice(value="y", label="Yes"),),
        value="y",
    )

    assert (
        '<fieldset class="cf-field" id="form-12-1" role="radiogroup"><legend>Agree? (optional)</legend>'
        '<div class="cf-choice"><input type="radio" name="c" id="form-12-1-1" checked value="y">'
        '<label for="form-12-1-1">Yes</label></div></fieldset>'
    ) in form_html(_form(field), "12")


@pytest.mark.parametrize(
    ("kind", "value", "asked"),
    [
        ("number", "3", '<input type="text" inputmode="numeric" GIVEN autocomplete="off" value="3">'),
        ("date", "2026-11-11", '<input type="date" GIVEN value="2026-11-11">'),
        ("date", "Friday", '<input type="text" GIVEN dir="auto" autocomplete="off" value="Friday">'),
    ],
)
def test_form_known_value_is_there_when_the_form_opens(kind, value, asked):
    asked = asked.replace("GIVEN", 'id="form-12-1" name="n" required')
    assert asked in form_html(_form(Field(name="n", label="N", kind=kind, value=value)), "12")


def test_form_many_choices_are_a_menu():
    choices = tuple(Choice(value=f"v{n}", label=f"<{n}>") for n in range(11))

    page = assert_room_html(
        form_html(_form(Field(name="c", label="C", kind="choice", choices=choices, value="v3")), "12")
    )

    assert [option["value"] for option in page.all("option") if "selected" in option] == ["v3"]


def test_form_person_is_typed_or_chosen_from_the_people_of_the_room():
    page = assert_room_html(
        form_html(_form(Field(name="name", label="Name", kind="person", value="dana")), "7")
    )
    [asked] = page.all("input")

    assert (asked["type"], asked["list"], asked["value"]) == ("text", "mentions", "dana")


def test_form_hint_without_a_full_stop_ends_before_its_limit():
    field = Field(name="text", label="Experience", limit=200, hint="For example care leavers")

    assert ">For example care leavers. Up to 200 characters.<" in form_html(_form(field), "12")
