import pytest
from hypothesis import given

from bot.slack.draw_form import errors, picked, typed, view, views
from handlers.message import Choice, Field, Form, Paragraph, Run
from tests.drawn import walk
from tests.drawn_slack import assert_slack_view
from tests.hostile import choices, forms, quick


def _form(*fields, **other):
    return Form(title="Key line", phrase="kloe add", submit="Save", fields=fields, **other)


def _element(field):
    return view(_form(field))["blocks"][-1]["element"]


def _plain(text):
    return {"type": "plain_text", "text": text, "emoji": False}


@quick
@given(forms)
def test_views_any_form_is_accepted_by_slack(form):
    for drawn in views(form):
        assert_slack_view(drawn)


@quick
@given(forms)
def test_views_any_form_asks_every_field_that_has_something_to_choose(form):
    asked = {block["block_id"].split(":", 2)[2] for drawn in views(form) for block in drawn["blocks"]
             if block["type"] == "input"}  # fmt: skip

    empty = {field.name for field in form.fields if field.kind.startswith("choice") and not field.choices}
    assert asked == {field.name for field in form.fields} - empty


def test_view_small_form_is_one_modal():
    field = Field(
        name="text", label="Key line", limit=300, hint="A question.", value="Is it?", error="Too soon."
    )
    form = _form(field, hidden={"challenge": 7}, intro=(Paragraph((Run("Priya reads this."),)),))

    assert view(form) == {
        "type": "modal",
        "callback_id": "form",
        "title": _plain("Key line"),
        "submit": _plain("Save"),
        "close": _plain("Cancel"),
        "private_metadata": '{"phrase":"kloe add","hidden":{"challenge":7}}',
        "blocks": [
            _rich({"type": "text", "text": "Priya reads this."}),
            _rich(
                {"type": "text", "text": "Error: ", "style": {"bold": True}},
                {"type": "text", "text": "Too soon."},
            ),
            {
                "type": "input",
                "block_id": "field:1:text",
                "label": _plain("Key line"),
                "optional": False,
                "element": {
                    "action_id": "answer",
                    "type": "plain_text_input",
                    "multiline": False,
                    "max_length": 300,
                    "initial_value": "Is it?",
                },
                "hint": _plain("A question."),
            },
        ],
    }


def _rich(*elements):
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def test_errors_fields_at_fault_are_named_by_block():
    form = _form(Field(name="text", label="Text", error="Too long."), Field(name="day", label="Day"))

    assert errors(form) == {"field:1:text": "Too long."}


@pytest.mark.parametrize(
    ("kind", "value", "known"),
    [
        ("number", 3, {"type": "number_input", "is_decimal_allowed": False, "initial_value": "3"}),
        ("date", "2026-11-11", {"type": "datepicker", "initial_date": "2026-11-11"}),
        (
            "date",
            "Friday",
            {"type": "plain_text_input", "multiline": False, "max_length": 3000, "initial_value": "Friday"},
        ),
    ],
)
def test_view_known_value_is_there_when_the_form_opens(kind, value, known):
    assert _element(Field(name="n", label="N", kind=kind, value=value)) == {"action_id": "answer", **known}


@pytest.mark.parametrize(
    ("kind", "how_many", "control"),
    [
        ("choice", 3, "radio_buttons"),
        ("choice", 11, "static_select"),
        ("choices", 10, "checkboxes"),
        ("choices", 250, "multi_static_select"),
    ],
)
def test_view_choices_use_the_control_that_holds_them_all(kind, how_many, control):
    element = _element(Field(name="n", label="N", kind=kind, choices=choices(how_many), value=["v,1"]))

    assert element["type"] == control
    assert (
        len([part for part in walk(element.get("options") or element["option_groups"]) if "value" in part])
        == how_many
    )
    assert element["initial_option" if kind == "choice" else "initial_options"]


def test_views_more_fields_than_a_modal_holds_makes_several():
    drawn = views(_form(*(Field(name=f"f{n}", label="F", error="Needed.") for n in range(120))))

    assert [view["submit"]["text"] for view in drawn] == ["Next", "Next", "Save"]
    assert sum(block["type"] == "input" for view in drawn for block in view["blocks"]) == 120
    for one in drawn:
        assert_slack_view(one)


def test_view_more_fields_than_a_modal_holds_is_a_bug():
    with pytest.raises(ValueError, match="2 modals"):
        view(_form(*(Field(name=f"f{n}", label="F") for n in range(101))))


def test_view_long_title_is_shown_in_full_inside():
    form = Form(title="Your part in the peer challenge", phrase="team", submit="Save", fields=())

    drawn = view(form)

    assert drawn["title"] == _plain("Your part in the peer…")
    assert drawn["blocks"] == [{"type": "header", "text": _plain("Your part in the peer challenge")}]


def test_view_text_longer_than_an_input_stands_in_several_and_is_read_together():
    text = "early help " * 600
    drawn = view(_form(Field(name="text", label="Text", kind="long", limit=9000, value=text)))
    inputs = [block for block in drawn["blocks"] if block["type"] == "input"]

    state = {
        "values": {
            block["block_id"]: {
                "answer": {"type": "plain_text_input", "value": block["element"]["initial_value"]}
            }
            for block in reversed(inputs)
        }
    }
    assert len(inputs) == 3
    assert typed(state) == {"text": text}


def test_typed_every_kind_of_answer_is_read():
    option = {"value": "a", "text": _plain("A")}
    answers = {
        "text": {"type": "plain_text_input", "value": "Is it?"},
        "empty": {"type": "plain_text_input", "value": None},
        "number": {"type": "number_input", "value": "3"},
        "day": {"type": "datepicker", "selected_date": "2026-11-11"},
        "no_day": {"type": "datepicker", "selected_date": None},
        "one": {"type": "radio_buttons", "selected_option": option},
        "none": {"type": "static_select", "selected_option": None},
        "some": {"type": "checkboxes", "selected_options": [option]},
        "nothing": {"type": "multi_static_select", "selected_options": []},
    }

    assert typed({"values": {f"field:1:{name}": {"answer": answer} for name, answer in answers.items()}}) == {
        "text": "Is it?",
        "empty": "",
        "number": "3",
        "day": "2026-11-11",
        "no_day": "",
        "one": "a",
        "none": "",
        "some": ["a"],
        "nothing": [],
    }


def test_view_choice_that_carries_too_much_is_a_bug():
    with pytest.raises(ValueError, match="150"):
        view(_form(Field(name="n", label="N", kind="choice", choices=(Choice(value="x" * 151, label="X"),))))


def test_view_form_that_carries_too_much_is_a_bug():
    with pytest.raises(ValueError, match="kloe"):
        view(_form(hidden={"a": "b" * 3000}))


def test_view_person_is_picked_or_written_down():
    drawn = view(_form(Field(name="name", label="Name", kind="person", limit=100, value="dana", hint="Who?")))

    assert drawn["blocks"] == [
        {
            "type": "input",
            "block_id": "person:1:name",
            "label": _plain("Name"),
            "optional": True,
            "element": {"action_id": "answer", "type": "users_select"},
            "hint": _plain("Who?"),
        },
        {
            "type": "input",
            "block_id": "field:1:name",
            "label": _plain("Name (their name, if they are not in Slack)"),
            "optional": True,
            "element": {
                "action_id": "answer",
                "type": "plain_text_input",
                "multiline": False,
                "max_length": 100,
                "initial_value": "dana",
            },
        },
    ]


def test_picked_accounts_are_told_by_field_beside_what_was_typed():
    state = {
        "values": {
            "person:1:name": {"answer": {"type": "users_select", "selected_user": "U0DANA"}},
            "field:1:name": {"answer": {"type": "plain_text_input", "value": None}},
            "person:1:deputy": {"answer": {"type": "users_select", "selected_user": None}},
            "field:1:deputy": {"answer": {"type": "plain_text_input", "value": "tom"}},
        }
    }

    assert picked(state) == {"name": "U0DANA"}
    assert typed(state) == {"name": "", "deputy": "tom"}
