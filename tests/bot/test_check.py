"""Each check is looked at by itself: none can break, delay or tell on another."""

import threading

from bot.check import Beware, Check, Finding, State, Unknown, Wrong, examine


def _raising(trouble):
    def look():
        raise trouble

    return look


def test_check_that_returns_is_well():
    assert examine([Check(name="Clock", look=lambda: "They agree.")]) == (
        Finding(name="Clock", state=State.WELL, found="They agree."),
    )


def test_check_that_raises_wrong_says_what_to_do():
    assert examine([Check(name="Clock", look=_raising(Wrong("It is late.", "Set it.")))]) == (
        Finding(name="Clock", state=State.WRONG, found="It is late.", do="Set it."),
    )


def test_check_that_raises_beware_is_no_mistake_and_says_what_to_do():
    assert examine([Check(name="Door", look=_raising(Beware("It is open.", "Close it.")))]) == (
        Finding(name="Door", state=State.CARE, found="It is open.", do="Close it."),
    )


def test_check_that_cannot_look_is_not_wrong():
    assert examine([Check(name="Clock", look=_raising(Unknown("Nobody said.")))]) == (
        Finding(name="Clock", state=State.UNKNOWN, found="Nobody said."),
    )


def test_check_that_breaks_tells_its_kind_and_no_words():
    [finding] = examine([Check(name="Clock", look=_raising(LookupError("xoxb-secret")))])

    assert (finding.state, finding.found) == (State.WRONG, "The check itself broke (LookupError).")
    assert "xoxb" not in repr(finding)


def test_checks_that_hang_hold_up_nothing():
    never = threading.Event()
    try:
        found = examine(
            [
                Check(name="One", look=lambda: str(never.wait())),
                Check(name="Two", look=lambda: str(never.wait())),
                Check(name="Clock", look=lambda: "They agree."),
            ],
            seconds=0.2,
        )
    finally:
        never.set()

    assert [(one.name, one.state, one.found) for one in found] == [
        ("One", State.WRONG, "There was no answer in time."),
        ("Two", State.WRONG, "There was no answer in time."),
        ("Clock", State.WELL, "They agree."),
    ]
