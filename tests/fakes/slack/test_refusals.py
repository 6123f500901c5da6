import pytest
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import refusals

LETTERS = "must be less than {} characters [json-pointer:{}]"


def plain(text="x"):
    return {"type": "plain_text", "text": text}


def rich(text="x"):
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def button(number=0, **of):
    return {"type": "button", "text": plain(), "action_id": f"go:{number}", **of}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def asks(element, **of):
    return {"type": "input", "label": plain(), "element": {"action_id": "a", **element}, **of}


def table(rows, columns, cell=None):
    return {"type": "table", "rows": [[cell or rich()] * columns] * rows}


def modal(*blocks, **of):
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks), **of}


def option(value="v", text="x"):
    return {"text": plain(text), "value": value}


DIVIDER = {"type": "divider"}


def test_message_that_slack_takes_has_no_problems():
    blocks = [{"type": "header", "text": plain()}, rich(), table(100, 20), actions(*map(button, range(25)))]

    assert refusals.of_message(blocks) == []


@pytest.mark.parametrize(
    ("blocks", "problem"),
    [
        ([DIVIDER] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([], "no fewer than 1 items allowed [json-pointer:/blocks]"),
        ([table(1, 1)] * 2, "only_one_table_allowed [json-pointer:/blocks]"),
        ([table(101, 1)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
        ([table(1, 21)], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
        ([table(1, 1, rich(""))], "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0]"),
        ([table(20, 20, rich("x" * 30))], "table must hold at most 10000 characters [json-pointer:/blocks]"),
        ([actions()], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
        (
            [actions(*map(button, range(26)))],
            "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
        ),
        ([actions(button(), button())], "action_id go:0 already exists [json-pointer:/blocks/0/elements]"),
        ([DIVIDER | {"block_id": "b"}] * 2, "block_id b already exists [json-pointer:/blocks]"),
        ([actions(button(text=plain("x" * 76)))], LETTERS.format(76, "/blocks/0/elements/0/text/text")),
        ([actions(button(value="x" * 2001))], LETTERS.format(2001, "/blocks/0/elements/0/value")),
        ([{"type": "section", "text": plain("👍" * 1501)}], LETTERS.format(3001, "/blocks/0/text/text")),
        ([{"type": "header", "text": plain("x" * 151)}], LETTERS.format(151, "/blocks/0/text/text")),
        (
            [{"type": "header", "text": plain("")}],
            "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
        ),
        ([{"type": "chart"}], "unsupported type: chart [json-pointer:/blocks/0]"),
        ([rich("")], "must be more than 0 characters [json-pointer:/blocks/0]"),
    ],
)  # fmt: skip
def test_message_that_slack_refuses_says_what_is_wrong_where(blocks, problem):
    assert problem in refusals.of_message(blocks)


def test_rows_of_a_table_are_of_one_length():
    block = {"type": "table", "rows": [[rich()], [rich(), rich()]]}

    assert refusals.of_message([block]) == ["must have 1 cells [json-pointer:/blocks/0/rows/1]"]


def test_blocks_together_hold_so_much_and_no_more():
    assert not refusals.too_long([rich("x" * 3000)] * 4)
    assert refusals.too_long([rich("x" * 3000)] * 5)


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (modal(table(1, 1)), "unsupported type: table [json-pointer:/view/blocks/0]"),
        (modal(*[DIVIDER] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal(DIVIDER, title=plain("x" * 25)), LETTERS.format(25, "/view/title/text")),
        (modal(DIVIDER, private_metadata="x" * 3001), LETTERS.format(3001, "/view/private_metadata")),
        (modal(DIVIDER) | {"type": "home"}, "must provide a valid view type [json-pointer:/view/type]"),
        (
            {"type": "modal", "title": plain(), "blocks": [asks({"type": "plain_text_input"})]},
            "missing required field: submit [json-pointer:/view]",
        ),
        (
            modal(asks({"type": "plain_text_input", "max_length": 3001})),
            "must be between 1 and 3000 [json-pointer:/view/blocks/0/element/max_length]",
        ),
        (
            modal(asks({"type": "plain_text_input", "max_length": 3, "initial_value": "four"})),
            LETTERS.format(4, "/view/blocks/0/element/initial_value"),
        ),
        (
            modal(asks({"type": "radio_buttons", "options": [option(f"{n}") for n in range(11)]})),
            "no more than 10 items allowed [json-pointer:/view/blocks/0/element/options]",
        ),
        (
            modal(asks({"type": "static_select", "options": [option("x" * 151)]})),
            LETTERS.format(151, "/view/blocks/0/element/options/0/value"),
        ),
        (
            modal(asks({"type": "static_select", "options": [option()], "initial_option": option("w")})),
            "initial options must be among the options [json-pointer:/view/blocks/0/element]",
        ),
        (
            modal(asks({"type": "datepicker", "initial_date": "9 November"})),
            "must be a date [json-pointer:/view/blocks/0/element/initial_date]",
        ),
    ],
)
def test_view_that_slack_refuses_says_what_is_wrong_where(view, problem):
    assert problem in refusals.of_view(view, "modal")


def test_home_has_no_tables():
    home = {"type": "home", "blocks": [rich(), table(1, 1)]}

    assert refusals.of_view(home, "home") == ["unsupported type: table [json-pointer:/view/blocks/1]"]


async def test_refused_message_is_not_posted_and_the_answer_says_why(peer, client, team, jo):
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=team.id, text="Hello", blocks=[DIVIDER] * 51)

    answer = caught.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    ]
    assert peer.messages(jo, team) == []


async def test_message_with_too_much_in_all_is_refused(client, team):
    with pytest.raises(SlackApiError, match="msg_blocks_too_long"):
        await client.chat_postMessage(channel=team.id, text="Hello", blocks=[rich("x" * 3000)] * 5)


async def test_what_the_published_schema_refuses_is_refused(client, team):
    blocks = [{"type": "actions", "elements": [button(), {"type": "plain_text_input", "colour": "red"}]}]
    if refusals.validator("slack-blocks.schema.json") is None:
        pytest.skip("the schema is not here")

    with pytest.raises(SlackApiError, match="failed to match all allowed schemas"):
        await client.chat_postMessage(channel=team.id, text="Hello", blocks=blocks)
