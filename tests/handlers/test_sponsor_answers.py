import pytest

from tests.handlers.on_site_begun import BEGUN, RELEASED, played


@pytest.mark.parametrize(
    ("button", "sees", "told"),
    [
        ("Thank you", "I have passed your thanks on to Martin and Ruth", "Helen Marsh says thank you"),
        ("Talk tonight", "would like to talk tonight", "Helen Marsh would like to talk tonight"),
        ("Talk tomorrow", "would like to talk tomorrow", "Helen Marsh would like to talk tomorrow"),
    ],
)
async def test_answer_goes_once_to_those_who_agree_summaries(visit, button, sees, told):
    script = f"""
Helen presses "{button}"
Helen sees "{sees}"
Ruth sees "{told}"
Martin sees "{told}"
Helen presses "{button}"
Helen sees "You said that already"
Dana never sees "{told}"
Sam never sees "{told}"
Jo never sees "{told}"
Priya never sees "{told}"
"""
    await played(visit, RELEASED + script)


async def test_context_may_be_added_several_times_and_later(visit):
    script = """
Helen presses "Add context"
Helen fills "Add context": text=The form changed
Helen: summary context The form changed
Helen sees "You said that already"
at 2026-11-11 09:00
Helen: summary context And the team moved
Ruth sees "And the team moved"
Dana never sees "the team moved"
"""
    await played(visit, RELEASED + script)


async def test_talk_on_yesterdays_card_is_refused(visit):
    script = """
at 2026-11-11 09:00
Helen presses "Talk tonight"
Helen sees "That was the message of Tuesday 10 November"
Ruth never sees "would like to talk"
"""
    await played(visit, RELEASED + script)


async def test_answer_before_anything_was_released_is_refused(visit):
    await played(visit, BEGUN + 'Helen: summary thanks\nHelen sees "No message was released yet"')


async def test_answer_of_somebody_else_is_refused(visit):
    await played(visit, RELEASED + 'Sam: summary thanks\nSam sees "I can\'t do"')
