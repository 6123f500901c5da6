"""A series of questions: which is next, which was before, and how far somebody has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers.message import Choice


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question as it stands for one person, with what was answered so far.

    `kind` is a form field's. `value` is the answer as it is kept (None: none yet; a list for
    "choices", an ISO text for "date") and `said` the same as a person reads it. `noted_by`: somebody
    else wrote it down, and this person has not confirmed it. `own_words`: an answer need not be among
    the choices; more than `usual` of them are remarked on. One that does not count is not among "1 of 9".
    `template` is the message that asks it, and `more` what that says beside the usual facts.
    """

    key: str
    asks: str
    hint: str = ""
    kind: str = "long"
    choices: tuple[Choice, ...] = ()
    own_words: bool = False
    usual: int = 0
    required: bool = False
    limit: int = 3000
    counts: bool = True
    value: Any = None
    said: str = ""
    skipped: bool = False
    noted_by: str = ""
    template: str = "question"
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def many(self) -> bool:
        """Whether more was chosen than is usual."""
        return bool(self.usual) and isinstance(self.value, list) and len(self.value) > self.usual

    @property
    def settled(self) -> bool:
        """Whether it need not be asked: it was answered, or skipped and not needed."""
        return self.value is not None or (self.skipped and not self.required)


def next_question(questions: Sequence[Question], after: str = "") -> Question | None:
    """The first open question after the one named, else the first open one of all; None: all settled."""
    place = _index(questions, after)
    later = questions[place + 1 :] if place is not None else ()
    return next((one for one in (*later, *questions) if not one.settled), None)


def previous_question(questions: Sequence[Question], before: str) -> Question | None:
    """The question before the one named; the last one where none is named. None at the beginning."""
    place = _index(questions, before)
    earlier = questions[:place] if place is not None else questions
    return earlier[-1] if earlier else None


def question_named(questions: Sequence[Question], key: str) -> Question | None:
    """The question with this key, if it is still one of them."""
    return next((one for one in questions if one.key == key), None)


def noted_before(questions: Sequence[Question], key: str) -> list[Question]:
    """What somebody else noted, before the question named: this person sees it in passing."""
    place = _index(questions, key)
    return [one for one in questions[:place] if one.noted_by]


def numbered(questions: Sequence[Question], key: str) -> int:
    """The number of a question among those that count, from 1; 0 for one that does not count."""
    counted = [one.key for one in questions if one.counts]
    return counted.index(key) + 1 if key in counted else 0


def answered(questions: Sequence[Question]) -> tuple[int, int]:
    """How many questions that count were answered or skipped, and how many there are."""
    counted = [one for one in questions if one.counts]
    return sum(one.settled for one in counted), len(counted)


def _index(questions: Sequence[Question], key: str) -> int | None:
    return next((place for place, one in enumerate(questions) if one.key == key), None)
