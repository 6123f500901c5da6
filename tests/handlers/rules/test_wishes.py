import pytest

from handlers.rules.wishes import Wish, is_day, is_yes, wish


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Skip this one please", Wish(name="skip")),
        ("go back.", Wish(name="back")),
        ("Show me what I said", Wish(name="look")),
        ("show me what I’ve said", Wish(name="look")),
        ("Let's start!", Wish(name="start")),
        ("not now", Wish(name="later")),
        ("later friday", Wish(name="later", rest="friday")),
        ("remind me on 20 October", Wish(name="later", rest="on 20 october")),
        ("ask me again tomorrow 3pm", Wish(name="later", rest="tomorrow 3pm")),
        ("change answer 3", Wish(name="change", rest="3")),
        ("keep it", Wish(name="keep")),
        ("that's all", Wish(name="enough")),
    ],
)
def test_wish_is_understood(text, found):
    assert wish(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "later that year we reorganised",
        "back to basics",
        "skip-level meetings",
        "stop the drift in care planning",
        "change the front door",
        "start with early help",
        "pass rates",
        "",
    ],
)
def test_answer_that_begins_like_a_wish_is_none(text):
    assert wish(text) is None


def test_day_after_later_is_one_or_nothing():
    assert [is_day(text) for text in ("", "friday", "20 oct noon", "that year")] == [True, True, True, False]


def test_yes_is_yes_and_nothing_else():
    assert [is_yes(text) for text in ("Yes.", "yes, please", "that's right", "yes but")] == [
        True,
        True,
        True,
        False,
    ]
