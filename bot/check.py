"""One thing that the doctor looks at, and what came of it."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum

SECONDS = 5.0


class State(StrEnum):
    """How a thing was found. The value is what is printed."""

    WELL = "well"
    CARE = "CARE"
    WRONG = "WRONG"
    UNKNOWN = "-"


@dataclass(frozen=True, kw_only=True)
class Check:
    """Something to look at. `look` returns what it found, or raises Wrong, Beware or Unknown."""

    name: str
    look: Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a check found, in plain words; `do` is what a person can do about it."""

    name: str
    state: State
    found: str
    do: str = ""


class Wrong(Exception):
    """Something keeps the bot from working."""

    def __init__(self, found: str, do: str = "") -> None:
        super().__init__(found, do)
        self.found, self.do = found, do


class Beware(Wrong):
    """It works, and should not be left so."""


class Unknown(Exception):
    """Nothing can be said: for want of an answer, or because it cannot be seen from here."""


def examine(checks: Sequence[Check], seconds: float = SECONDS) -> tuple[Finding, ...]:
    """Look at everything at once. What hangs is left behind after `seconds`, and holds up nothing."""
    begun = [(check, _begun(check)) for check in checks]
    ends = time.monotonic() + seconds
    return tuple(_finding(check.name, looking, ends) for check, looking in begun)


def _begun(check: Check) -> Future[str]:
    """A thread of its own, which the end of the process does not wait for."""
    looking: Future[str] = Future()

    def look() -> None:
        try:
            looking.set_result(check.look())
        except Exception as trouble:
            looking.set_exception(trouble)

    threading.Thread(target=look, daemon=True).start()
    return looking


def _finding(name: str, looking: Future[str], ends: float) -> Finding:
    """A trouble that nobody foresaw is told by its kind alone: its words may hold a secret."""
    try:
        return Finding(name=name, state=State.WELL, found=looking.result(max(0.0, ends - time.monotonic())))
    except Wrong as wrong:
        state = State.CARE if isinstance(wrong, Beware) else State.WRONG
        return Finding(name=name, state=state, found=wrong.found, do=wrong.do)
    except Unknown as unknown:
        return Finding(name=name, state=State.UNKNOWN, found=str(unknown))
    except TimeoutError:
        return _strange(name, "There was no answer in time.", "Look at the network, and try again.")
    except Exception as trouble:
        return _strange(name, f"The check itself broke ({type(trouble).__name__}).", "Please report this.")


def _strange(name: str, found: str, do: str) -> Finding:
    return Finding(name=name, state=State.WRONG, found=found, do=do)
