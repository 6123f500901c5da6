"""Everything, said by everybody, everywhere and in every wrong way: one answer, and no secret in it.

Each thing that is said is undone afterwards: what is looked at is the answer and what would be queued.
"""

import pytest

from handlers.commands import COMMANDS
from tests.handlers.everybody import MAY_KNOW, MOMENTS, PLACES, ROLE_OF, Walk, moments

MORE = """
notes today, notes mine, notes all, notes front door, note edit 1, note edit 2, note mark 1, next all,
next sam, next team, done 5, take up 23, stuck 4, snooze 4 fri, pin 5 1 dec, proposal 1, proposal 2,
kloe edit 1, kloe drop 1, scoping helen, change 1, what did i say, help summary, help note,
invite nora as peer, confirm nora, available nora, stand down dana, cover helen with tom 20-21 jan,
hand over jo to priya, task dana read it, dates move to 12 feb, questionnaire peer_team,
questionnaire results peer_team, questionnaire results director_interview, removed dana,
questionnaire results challenge_manager, delivery done 1, delivery done 2, team nora, status helen,
summary also to Owen, summary not to Tom, home all, stand in amir for ruth, not a command at all
"""
LINES = (*(command.phrase for command in COMMANDS), *" ".join(MORE.split()).split(", "))
IN_ALL = tuple(name for name in ROLE_OF if name not in {"Amir", "Lena", "Dirk"})
"""Another peer, the lead member peer and the director see what others of their side see."""

THEN = {
    "scoping": ("Helen", "Sam", "Dana", "Ruth", "Jo", "Pat", "Nora"),
    "on_site": IN_ALL,
    "afterwards": ("Helen", "Sam", "Dana", "Ruth", "Jo", "Pat", "Tom"),
}
SOME = ("Helen", "Dana", "Jo", "Owen")


@pytest.fixture(scope="module")
def walks(desk, furnished, tmp_path_factory):
    folder = tmp_path_factory.mktemp("everybody")
    found = {
        moment: Walk(url, desk, moment, told)
        for moment, (url, told) in moments(furnished, desk, folder).items()
    }
    yield found
    for walk in found.values():
        walk.house.close()


# Who may know what


def _leaks(walk, name, shown, queued):
    """The secrets that somebody, or the readers of a queued message, would see and may not know."""
    for secret, known_to in MAY_KNOW.items():
        if secret in shown and not known_to.may_know(name, walk.moment):
            yield secret, "answer"
        for readers, card, row in queued:
            allowed = (
                known_to.may_know(readers, walk.moment)
                if isinstance(readers, str)
                else known_to.may_stand_in(readers, walk.moment)
            )
            if secret in card and not allowed:
                yield secret, row.template, readers


@pytest.mark.parametrize("moment", MOMENTS)
def test_no_secret_is_told_to_somebody_who_may_not_know_it(walks, moment):
    walk, found, seen = walks[moment], [], set()
    for name in THEN[moment]:
        for line in LINES:
            one = walk.tries(name, line, can_open_form=True)
            shown = repr(one.answer)
            told = {secret for secret in MAY_KNOW if secret in shown}
            found += [(name, line, secret, "room") for secret in told if one.answer.to == "room"]
            seen |= told
            found += [(name, line, *leak) for leak in _leaks(walk, name, shown, one.queued)]

    assert found == []
    assert len(seen) >= 6, seen


@pytest.mark.parametrize("moment", MOMENTS)
def test_no_secret_waits_in_the_outbox_for_somebody_who_may_not_know_it(walks, moment):
    walk = walks[moment]
    queued = walk.house.change(walk.queued)

    assert list(_leaks(walk, "Owen", "", queued)) == []
    assert len(queued) > 10


# Who may, and where


def _expected(command, name, place):
    """What has to be said to somebody who may not say this, or not here; None where they may."""
    role, here = ROLE_OF[name], {"unbound": "elsewhere"}.get(place, place)
    if command.needs_challenge:
        if role == "nobody":
            return "no_such_challenge" if place in {"team", "council", "liaison"} else "no_challenge"
        if command.elsewhere and here not in command.places:
            return "council_reads_here"
        if command.roles and role not in command.roles:
            return "not_allowed"
    elif command.roles and name != "Jo":
        return "not_allowed"
    return "wrong_place" if command.places and here not in command.places else None


def _wrongly_answered(walk, command, name, place):
    one = walk.tries(name, command.phrase, place, can_open_form=True)
    kept, expected = one.kept, _expected(command, name, place)
    if one.outcome == "broken" or one.answer.card is None:
        return one.outcome
    if expected is None:
        return ""
    if kept["template"] != expected:
        return kept["template"]
    told = kept["facts"].get("who", []) == sorted(command.roles) if expected == "not_allowed" else True
    where = kept["facts"].get("where", []) == sorted(command.places) if "where" in kept["facts"] else True
    return "" if told and where and not one.queued and one.answer.to == "asker" else kept["facts"]


@pytest.mark.parametrize("place", list(PLACES))
def test_whoever_may_not_say_something_is_told_who_may_and_where(walks, place):
    walk = walks["on_site"]
    found = [
        (name, command.phrase, wrong)
        for name in (IN_ALL if place == "direct" else SOME)
        for command in COMMANDS
        if (wrong := _wrongly_answered(walk, command, name, place))
    ]

    assert found == []


# What follows the phrase

NHS = "943 476 5919"
RESTS = {
    "long": "word " * 1000,
    "mention": "<!channel> <at>Everyone</at>",
    "jinja": "{{ 7*191 }} {% raw %}",
    "right to left": "مرحبا \u202egnirts\u202c",
    "emoji": "👩‍👩‍👧‍👦",
    "challenge twice": "one in exampleshire in exampleshire",
    "full stop": "1.",
    "capitals": "FRONT DOOR STRENGTH THEY DO",
    "curly": "dana “read it” by ‘thu’",
    "huge": "9" * 40,
    "quote": "\"'",
    "percent": "%s %d {0} \\x00 \x00",
    "nothing": "  ",
}


def _by(command):
    """Somebody who may say a command, and the place where."""
    name = next((name for name, role in ROLE_OF.items() if role in command.roles), "Dana")
    name = name if command.needs_challenge else "Jo"
    return name, "direct" if not command.places or "direct" in command.places else min(command.places)


@pytest.mark.parametrize("rest", list(RESTS))
def test_nothing_that_follows_a_phrase_is_a_mistake_of_the_bot(walks, rest):
    found = []
    for command in COMMANDS:
        name, place = _by(command)
        one = walks["on_site"].tries(name, f"{command.phrase} {RESTS[rest]}", place)
        if one.outcome == "broken" or one.answer.card is None or "1337" in repr(one.answer):
            found.append((command.phrase, one.outcome))

    assert found == []


def test_number_of_a_child_after_any_phrase_is_kept_nowhere(walks):
    walk, found = walks["on_site"], []
    for command in COMMANDS:
        one = walk.tries(_by(command)[0], f"{command.phrase} {NHS}")
        if one.kept["template"] != "child_text" or NHS in repr(one.kept) or one.queued:
            found.append((command.phrase, one.kept["template"]))

    assert found == []


def test_capitals_a_full_stop_and_spaces_make_no_difference(walks):
    walk, found = walks["on_site"], []
    for command in COMMANDS:
        name, place = _by(command)
        plain = walk.tries(name, command.phrase, place)
        for typed in (f"  {command.phrase.upper()}.  ", f"{command.phrase.title()} in Exampleshire."):
            other = walk.tries(name, typed, place)
            if other.kept["template"] != plain.kept["template"]:
                found.append((typed, plain.kept["template"], other.kept["template"]))

    assert found == []
