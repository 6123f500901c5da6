"""What people are told when nobody could write down what they did."""

from dataclasses import replace
from typing import Final

from handlers.answer import Broken, refused
from handlers.desk import Desk
from handlers.message import Answer, Refused
from store.trouble import Away, Busy, Full, InDoubt


class RecordsAway(Refused):
    """The database cannot be reached; nothing was saved."""


class RecordsBusy(Refused):
    """Somebody held the database for too long; nothing was saved."""


class RecordsFull(Refused):
    """There is no room left where the database lies; nothing was saved."""


class RecordsInDoubt(Refused):
    """The database broke off in the last moment: it may be saved, and then its answer will follow."""


_TOLD: Final[dict[type[Exception], type[Refused]]] = {
    Away: RecordsAway,
    Busy: RecordsBusy,
    Full: RecordsFull,
    InDoubt: RecordsInDoubt,
}


def is_known(trouble: Exception) -> bool:
    """Whether it is the database's trouble, and no mistake of ours."""
    return type(trouble) in _TOLD


def unsaved(desk: Desk, said: str, trouble: Exception, reference: str) -> Answer:
    """What to answer: which trouble the database is in, or by which reference the log knows the mistake.

    In doubt, the answer does not go by the id of what was said: if that was saved, its own answer stands
    nowhere yet, and the sweep will find it.
    """
    if not is_known(trouble):
        return refused(desk, said, Broken(reference=reference))
    answer = replace(refused(desk, said, _TOLD[type(trouble)]()), broken=True)
    return replace(answer, said=f"{said}?") if isinstance(trouble, InDoubt) else answer
