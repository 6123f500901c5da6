"""Every button of every card of a whole challenge, pressed again when it is over, by all who can see it."""

import asyncio
from dataclasses import replace
from itertools import cycle

import pytest

from bot.room import people
from tests.conftest import TALKS
from tests.fakes import database
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
    url = database.fresh(folder)
    asyncio.run(play_through(folder, url, (TALKS / "whole_challenge.talk").read_text(encoding="utf-8")))
    played = Played(folder, url)
    yield played
    played.close()


def _kind(press):
    """The longest phrase among those that may have an effect, else the whole of what was pressed."""
    begun = [phrase for phrase in FIRST_EFFECTS if press.button.phrase.startswith(phrase)]
    return max(begun, key=len, default=press.button.phrase)


@pytest.fixture(scope="module")
def pressed_twice(played):
    """Every press, with what came of it and of pressing the same once more."""
    return [(press, *played.press_twice(press)) for press in presses(played.chat)]


def test_button_of_an_old_card_has_one_answer_and_no_effect_of_its_own(pressed_twice):
    found = []
    for press, came, _ in pressed_twice:
        effects = set(came.changed) - {SEEN}
        if (
            came.answer.card is None
            or came.outcome == "broken"
            or (effects and _kind(press) not in FIRST_EFFECTS)
        ):
            found.append((str(press), came.outcome, came.template, effects))

    assert len(pressed_twice) > 300
    assert found == []


def test_button_pressed_twice_has_the_effect_of_one_press(pressed_twice):
    found = [
        (str(press), first.template, second.template, second.changed)
        for press, first, second in pressed_twice
        if second.outcome == "broken" or second.changed
    ]

    assert found == []


# Forged presses

STRANGE = (999_999, 10**30, -1, 0, "1", "x", None, [], [1], {}, {"a": 1}, True, 1.5)
NOT_ON_THE_CARD = (
    "challenge",
    "invitation",
    "summary",
    "known",
    "chosen",
    "reader",
    "participation",
    "first",
)


def _kinds(played):
    """One press of each kind: the same first word, carrying the same things."""
    found = {}
    for press in presses(played.chat):
        found.setdefault((press.button.phrase.split(" ")[0], *sorted(press.button.hidden)), press)
    return list(found.values())


def _forged(press, strange):
    """What the button carries, with each thing left out, or strange, in turn."""
    carried = press.button.hidden
    yield {}
    yield from ({key: value for key, value in carried.items() if key != name} for name in carried)
    yield from ({**carried, name: next(strange)} for name in (*carried, *NOT_ON_THE_CARD))


def test_forged_press_is_never_a_mistake_of_the_bot(played):
    found, strange = [], cycle(STRANGE)
    for press in _kinds(played):
        for hidden in _forged(press, strange):
            came = played.press(press, hidden=hidden)
            if came.outcome == "broken":
                found.append((str(press), hidden))

    assert found == []


@pytest.mark.parametrize("strange", [10**30, -1, "1", None, [1], {"a": 1}, True])
def test_card_of_a_challenge_that_is_no_number_is_refused_plainly(played, strange):
    press = next(one for one in presses(played.chat) if "challenge" in one.button.hidden)
    came = played.press(press, hidden={**press.button.hidden, "challenge": strange})

    assert (came.outcome, came.template) == ("refused", "strange_card")


def test_button_of_somebody_else_does_nothing_for_who_has_no_part(played):
    found = []
    owen = people.Person(id="owen", name="Owen Hale", email="owen@dunford.example", council="Dunford")
    for press in _kinds(played):
        came = played.press(replace(press, person=owen, place="direct-owen"))
        if came.outcome == "done" and set(came.changed) - {SEEN, "person"}:
            found.append((str(press), came.template, came.changed))

    assert found == []


def test_question_of_another_person_is_not_answered_with_their_button(played):
    """Dana has no part any more; Martin is in the same challenge: neither speaks for Helen or Priya."""
    asked = [one for one in presses(played.chat) if "series" in one.button.hidden]
    found = []
    for press in asked:
        for other in (one for one in people.every(played.chat) if one.id in {"dana", "martin", "sam"}):
            if other.id == press.person.id:
                continue
            came = played.press(replace(press, person=other, place=other.direct))
            if came.outcome == "broken" or set(came.changed) - {SEEN}:
                found.append((other.id, str(press), came.template, set(came.changed)))

    assert asked
    assert found == []
