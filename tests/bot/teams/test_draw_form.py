import pytest
from hypothesis import given

from bot.teams.draw_form import picked, task, typed
from handlers.message import Field, Form, Paragraph, Run
from tests.drawn import walk
from tests.drawn_teams import assert_teams_card
from tests.hostile import choices, forms, quick


def _form(*fields, **other):
    return Form(title="Key line", phrase="kloe add", submit="Save", fields=fields, **other)


def _content(*fields):
    return task(_form(*fields))["card"]["content"]


def _line(text, **run):
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **run}]}


@quick
@given(forms)
def test_task_any_form_is_accepted_by_teams(form):
    assert_teams_card(task(form)["card"]["content"])


@quick
@given(forms)
def test_task_any_form_asks_every_field_and_keeps_known_text(form):
    inputs = [part for part in walk(task(form)) if str(part.get("type")).startswith("Input.")]

    asked = dict.fromkeys(part["id"].split(":")[1] for part in inputs)
    assert list(asked) == [field.name for field in form.fields]
    for part in inputs:
        assert len(part.get("value", "")) <= part["maxLength"] if part["type"] == "Input.Text" else True


def test_task_small_form_is_a_dialog():
    field = Field(
        name="text", label="Key line", limit=300, hint="A question.", value="Is it?", error="Too soon."
    )
    form = _form(field, hidden={"challenge": 7}, intro=(Paragraph((Run("Priya reads this."),)),))

    assert task(form) == {
        "title": "Key line",
        "height": "medium",
        "width": "medium",
        "card": {
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "type": "AdaptiveCard",
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "version": "1.5",
                "lang": "en-GB",
                "msteams": {"width": "Full"},
                "body": [
                    _line("Priya reads this."),
                    _line("Error: Too soon.", weight="Bolder", color="Attention"),
                    {
                        "id": "field:text",
                        "type": "Input.Text",
                        "isMultiline": False,
                        "maxLength": 300,
                        "value": "Is it?",
                        "label": "Key line",
                        "isRequired": True,
                        "errorMessage": "This is needed.",
                    },
                    _line("A question.", isSubtle=True, size="Small"),
                ],
                "actions": [
                    {
                        "type": "Action.Submit",
                        "title": "Save",
                        "style": "positive",
                        "data": {"phrase": "kloe add", "hidden": {"challenge": 7}},
                    }
                ],
            },
        },
    }


@pytest.mark.parametrize(
    ("kind", "value", "known"),
    [
        ("number", "3", {"type": "Input.Number", "value": 3}),
        ("date", "2026-11-11", {"type": "Input.Date", "value": "2026-11-11"}),
        (
            "date",
            "Friday",
            {"type": "Input.Text", "isMultiline": False, "maxLength": 3000, "value": "Friday"},
        ),
        ("long", "a\nb", {"type": "Input.Text", "isMultiline": True, "maxLength": 3000, "value": "a\nb"}),
    ],
)
def test_task_known_value_is_there_when_the_form_opens(kind, value, known):
    (asked,) = _content(Field(name="n", label="N", kind=kind, value=value, required=False))["body"]

    assert asked == {"id": "field:n", "label": "N (optional)", **known}


def test_task_several_choices_come_back_even_with_commas_in_them():
    (asked,) = _content(Field(name="n", label="N", kind="choices", choices=choices(3), value=["v,0", "v,2"]))[
        "body"
    ]

    assert asked["value"] == "v%2C0,v%2C2"
    assert typed({asked["id"]: asked["value"]}) == {"n": ["v,0", "v,2"]}


def test_typed_everything_but_the_fields_is_left_aside():
    data = {"phrase": "kloe add", "hidden": {}, "field:text": "Is it?", "field:n": 3, "choices:c": ""}

    assert typed(data) == {"text": "Is it?", "n": "3", "c": []}


def test_task_above_the_size_limit_is_a_bug():
    with pytest.raises(ValueError, match="kloe"):
        task(_form(Field(name="n", label="N", kind="long", value="x" * 50_000)))


def test_task_person_is_picked_or_written_down():
    body = _content(Field(name="name", label="Name", kind="person", limit=100, value="dana"))["body"]

    assert body == [
        {
            "type": "Input.ChoiceSet",
            "id": "person:name",
            "label": "Name",
            "style": "compact",
            "wrap": True,
            "choices": [],
            "choices.data": {"type": "Data.Query", "dataset": "graph.microsoft.com/users"},
        },
        {
            "type": "Input.Text",
            "id": "field:name",
            "label": "Name (their name, if they are not in Teams)",
            "isMultiline": False,
            "maxLength": 100,
            "value": "dana",
        },
    ]


def test_picked_accounts_are_told_by_field_beside_what_was_typed():
    data = {"person:name": "8c21-entra", "field:name": None, "person:deputy": "", "field:deputy": "tom"}

    assert picked(data) == {"name": "8c21-entra"}
    assert typed(data) == {"name": "", "deputy": "tom"}
