"""Every button of every card of a whole challenge, pressed again when it is over, by all who can see it."""

import asyncio

import pytest

from tests.conftest import TALKS
from tests.handlers.played import Played, play_through, presses

SEEN = "account"
"""When an account was last seen is noted once a day."""

FIRST_EFFECTS = {
    "done": "a task that nobody had settled",
    "take up": "a task that was settled, and may have been so by mistake",
    "stuck": "help with a task that is still open",
    "note drop": "the author's own note",
    "note mark": "the author's own note, for another day",
    "questionnaire send": "the peer challenge manager's questionnaire, which was never sent",
    "scoping": "somebody who put questions off goes on with them",
    "skip": "the same",
    "back": "the same",
    "change": "the same, with an answer given before",
    "later": "the same, put off again",
    "scoping call": "a wish for a call, once a day",
}
"""What does something although the challenge is over: nobody had pressed it, or it may be pressed any day."""


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("played")
    asyncio.run(play_through(folder, (TALKS / "whole_challenge.talk").read_text(encoding="utf-8")))
    played = Played(folder)
    yield played
    played.close()


def _kind(press):
    """The longest phrase among those that may have an effect, else the whole of what was pressed."""
    begun = [phrase for phrase in FIRST_EFFECTS if press.button.phrase.startswith(phrase)]
    return max(begun, key=len, default=press.button.phrase)


def test_button_of_an_old_card_has_one_answer_and_no_effect_of_its_own(played):
    found = []
    for press in presses(played.chat):
        came = played.press(press)
        effects = set(came.changed) - {SEEN}
        one_answer = (came.answer.card is None) != (came.answer.form is None)
        if not one_answer or came.outcome == "broken" or (effects and _kind(press) not in FIRST_EFFECTS):
            found.append((str(press), came.outcome, came.template, effects))

    assert found == []


def test_button_pressed_twice_has_the_effect_of_one_press(played):
    found = []
    for press in presses(played.chat):
        if _kind(press) in FIRST_EFFECTS:
            first, second = played.press_twice(press)
            if second.outcome == "broken" or second.changed:
                found.append((str(press), first.template, second.template, second.changed))

    assert found == []
