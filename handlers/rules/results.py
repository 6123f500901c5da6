"""What a reader may know of the answers to a questionnaire. Deny by default.

Fewer answers than `Limits.answers_from`: how many answered, and nothing else. Fewer than
`percentages_from`: counts without percentages. Whoever was rated never reads a text, nor the
answers of one person. VOICE: four peers, response rate only.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol, TypeAlias

TEXTS = frozenset({"text", "long"})


class Choosable(Protocol):
    """One thing to choose: what is kept, and what is read."""

    @property
    def value(self) -> str: ...

    @property
    def label(self) -> str: ...


class Asked(Protocol):
    """A question, as a questionnaire's file has it."""

    @property
    def name(self) -> str: ...

    @property
    def asks(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def choices(self) -> Sequence[Choosable]: ...

    @property
    def positive(self) -> Sequence[str]: ...

    @property
    def private_to(self) -> str | None: ...


Sheet: TypeAlias = Mapping[str, Any]
"""One person's answers by the name of the question. Nothing here says whose they are."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From how many answers on there is a breakdown, and percentages."""

    answers_from: int
    percentages_from: int


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whoever wants to know: the roles they hold now, and whether they were rated themselves."""

    roles: frozenset[str]
    rated: bool


@dataclass(frozen=True, kw_only=True)
class Count:
    """How often one choice was made."""

    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """What was answered to one question, by `answered` people.

    `few`: too few answered this one to say more. `positive` were counted together; `percent` is
    their share of all who answered, None below the limit.
    """

    name: str
    asks: str
    kind: str
    answered: int
    few: bool = False
    counts: tuple[Count, ...] = ()
    positive: int | None = None
    percent: int | None = None
    average: str | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Alone:
    """Texts written for one role alone, shown to that role however few they are."""

    name: str
    asks: str
    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Told:
    """All that one reader may know. `few`: too few answered for any breakdown."""

    asked: int
    answered: int
    percent: int | None
    few: bool
    breakdowns: tuple[Breakdown, ...] = ()
    alone: tuple[Alone, ...] = ()


def results(
    questions: Iterable[Asked],
    sheets: Sequence[Sheet],
    *,
    asked: int,
    answered: int,
    reader: Reader,
    limits: Limits,
) -> Told:
    """What this reader may know of finished sheets. Texts come in no order of time or person."""
    filled = [sheet for sheet in sheets if any(map(_there, sheet.values()))]
    few = min(len(filled), answered) < limits.answers_from
    seen = [one for one in questions if one.private_to is None or one.private_to in reader.roles]
    return Told(
        asked=asked,
        answered=answered,
        percent=share(answered, asked) if asked >= limits.percentages_from else None,
        few=few,
        breakdowns=() if few else tuple(_broken_down(filled, seen, reader, limits)),
        alone=() if reader.rated else tuple(_written_for(filled, seen)),
    )


def may_read_by_name(confidentiality: str, reader: Reader) -> bool:
    """Whether whole sheets are shown with a name: only where that was said before the first question."""
    return confidentiality == "named" and not reader.rated


def by_name(questions: Iterable[Asked], sheet: Sheet, reader: Reader) -> list[tuple[str, str]]:
    """One sheet of a questionnaire that is answered by name: each question with its answer in words."""
    seen = [one for one in questions if one.private_to is None or one.private_to in reader.roles]
    return [(one.asks, in_words(one, sheet[one.name])) for one in seen if _there(sheet.get(one.name))]


def in_words(question: Asked, value: Any) -> str:
    """An answer as people read it: the label of what was chosen, anything else as it was typed."""
    labels = {choice.value: choice.label for choice in question.choices}
    return ", ".join(labels.get(one, one) for one in _several(value))


def share(part: int, whole: int) -> int:
    """A percentage to the nearest whole one. Only none is 0, and only all are 100."""
    if part in {0, whole}:
        return 100 if part else 0
    return min(max((200 * part + whole) // (2 * whole), 1), 99)


def _broken_down(
    sheets: Sequence[Sheet], questions: Iterable[Asked], reader: Reader, limits: Limits
) -> Iterable[Breakdown]:
    for question in questions:
        values = _values(sheets, question)
        if question.kind not in TEXTS:
            yield _counted(question, values, limits)
        elif not reader.rated and question.private_to is None:
            texts = shuffled(question.name, values)
            yield _breakdown(question, values, texts=texts)


def _counted(question: Asked, values: Sequence[Any], limits: Limits) -> Breakdown:
    answered = len(values)
    if answered < limits.answers_from:
        return _breakdown(question, values, few=True)
    if question.kind == "number":
        average = f"{sum(values) / answered:.1f}".removesuffix(".0")
        return _breakdown(question, values, average=average)
    positive = _positive(question, values)
    in_percent = positive is not None and answered >= limits.percentages_from
    return _breakdown(
        question,
        values,
        counts=tuple(_counts(question, values)),
        positive=positive,
        percent=share(positive or 0, answered) if in_percent else None,
    )


def _breakdown(question: Asked, values: Sequence[Any], **more: Any) -> Breakdown:
    return Breakdown(name=question.name, asks=question.asks, kind=question.kind, answered=len(values), **more)


def _counts(question: Asked, values: Iterable[Any]) -> Iterable[Count]:
    """In the order of the choices; a choice that has since left the file comes last, by its value."""
    times = Counter(one for value in values for one in _several(value))
    for choice in question.choices:
        yield Count(label=choice.label, count=times.pop(choice.value, 0))
    for value in sorted(times):
        yield Count(label=value, count=times[value])


def _positive(question: Asked, values: Iterable[Any]) -> int | None:
    if not question.positive or question.kind != "choice":
        return None
    return sum(value in question.positive for value in values)


def _written_for(sheets: Sequence[Sheet], questions: Iterable[Asked]) -> Iterable[Alone]:
    for question in questions:
        texts = _values(sheets, question) if question.private_to and question.kind in TEXTS else []
        if texts:
            yield Alone(name=question.name, asks=question.asks, texts=shuffled(question.name, texts))


def shuffled(question: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Texts in an order that says nothing of when they were written, nor who wrote another text."""
    return tuple(sorted(texts, key=lambda text: sha256(f"{question}\n{text}".encode()).digest()))


def _values(sheets: Iterable[Sheet], question: Asked) -> list[Any]:
    return [sheet[question.name] for sheet in sheets if _there(sheet.get(question.name))]


def _there(value: Any) -> bool:
    return value is not None and value not in ("", [])


def _several(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
