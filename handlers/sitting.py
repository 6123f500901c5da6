"""One person answering one series of questions: how a series is described, begun and gone on with.

A noun that asks questions makes a `Series`, adds it to `handlers/series.py`, and calls `begin` when
somebody says its phrase or `offer` when the bot is the one to start. Everything typed or pressed
afterwards is `asking`'s.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers import homes
from handlers.message import Choice, Reply
from handlers.post import Post
from handlers.rules.local import local_day
from handlers.rules.series import (
    Question,
    next_question,
    noted_before,
    numbered,
    previous_question,
    question_named,
)
from handlers.shapes import Format
from store.challenge import Challenge
from store.conversation import OpenQuestion, conversation, open_question, take_the_floor
from store.person import Person


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """Somebody, and how far they are. `thing` says which of several (a participation's id), "" otherwise."""

    row: OpenQuestion
    post: Post

    @property
    def person(self) -> Person:
        """Who is asked: not always the one whose answers these are."""
        return self.row.person

    @property
    def challenge(self) -> Challenge:
        """The challenge the questions are about."""
        return self.row.challenge

    @property
    def thing(self) -> str:
        """Which of several."""
        return self.row.thing

    @property
    def session(self) -> Session:
        """The unit of work."""
        return self.post.session

    @property
    def format(self) -> Format:
        """The challenge's format."""
        return self.post.shapes.format(self.challenge.format)

    @property
    def now(self) -> datetime:
        """Aware, in UTC."""
        return self.post.now

    @property
    def today(self) -> date:
        """The challenge's local day."""
        return local_day(self.now, self.challenge.zone)


@dataclass(frozen=True, kw_only=True)
class Saved:
    """An answer was kept.

    `as_what` is how the next message begins: saved or kept. `then` is the key of the question to
    ask next, "" for the next open one.
    """

    as_what: str = "saved"
    then: str = ""


@dataclass(frozen=True, kw_only=True)
class Series:
    """A series of questions. Each function is called with the Sitting first.

    `phrase` resumes it. `may`: whether this person may still answer; `role`: as what they are asked.
    `questions`: all of them in order, each with what is answered so far. `save` keeps one answer at
    once and `skip` notes that one is left out. `opening` is the card before the first question (a
    template with the audience "person") and says who will read the answers; `ended` the one after the last.
    """

    name: str
    phrase: str
    may: Callable[[Sitting], bool]
    role: Callable[[Sitting], str]
    questions: Callable[[Sitting], Sequence[Question]]
    save: Callable[[Sitting, Question, Any], Saved]
    skip: Callable[[Sitting, Question], None]
    opening: Callable[[Sitting], Reply]
    ended: Callable[[Sitting], Reply]


# Beginning and going on


def sit(series: Series, post: Post, person: Person, challenge: Challenge, thing: str = "") -> Sitting:
    """The conversation with somebody about one series, made when it is new; nothing is said yet."""
    known = conversation(post.session, person.id, challenge.id, series.name, thing)
    row = known or OpenQuestion(
        person=person, challenge=challenge, series=series.name, thing=thing, asked_at=post.now,
        question="", open=False, ended=False,
    )  # fmt: skip
    post.session.add(row)
    post.session.flush()
    return Sitting(row=row, post=post)


def offer(series: Series, post: Post, person: Person, challenge: Challenge, thing: str = "") -> Reply:
    """The opening card, for the caller to post: nothing is asked before the person starts.

    Plain words answer it only where the person is in no other conversation.
    """
    sitting = sit(series, post, person, challenge, thing)
    if open_question(post.session, person.id) is None:
        take_the_floor(post.session, sitting.row)
    return _with_hidden(series.opening(sitting), sitting)


def begin(series: Series, post: Post, person: Person, challenge: Challenge, thing: str = "") -> Reply:
    """Say who reads the answers; said again (or after `offer`), ask the question that is open."""
    known = conversation(post.session, person.id, challenge.id, series.name, thing)
    sitting = sit(series, post, person, challenge, thing)
    take_the_floor(post.session, sitting.row)
    if known is None:
        return _with_hidden(series.opening(sitting), sitting)
    return resume(series, sitting)


def open_again(series: Series, sitting: Sitting) -> Reply:
    """The opening card once more."""
    return _with_hidden(series.opening(sitting), sitting)


def resume(series: Series, sitting: Sitting, before: str = "") -> Reply:
    """Ask the question that was asked last, or the next where that is settled."""
    question = question_named(series.questions(sitting), sitting.row.question)
    if question and not question.settled:
        return ask(series, sitting, question, before)
    return go_on(series, sitting, before)


def go_on(series: Series, sitting: Sitting, before: str = "") -> Reply:
    """Ask the next open question after the one asked last, or come to the end."""
    following = next_question(series.questions(sitting), sitting.row.question)
    if following is None:
        row = sitting.row
        homes.refresh_of(sitting.session, sitting.person, sitting.now)
        row.question, row.open, row.ended, row.resume_at = "", False, True, None
        return _with_hidden(series.ended(sitting), sitting)
    return ask(series, sitting, following, before)


def ask(series: Series, sitting: Sitting, question: Question, before: str = "", **problem: Any) -> Reply:
    """Ask one question; from now on plain words answer it. `before` is what its card says first."""
    row = sitting.row
    take_the_floor(sitting.session, row)
    row.question, row.asked_at, row.ended, row.resume_at = question.key, sitting.now, False, None
    facts = {**question_facts(series, sitting, question), "before": before}
    return _with_hidden(Reply(question.template, {**facts, **_NO_PROBLEM, **problem}), sitting)


_NO_PROBLEM = {"problem": "", "limit": 0, "length": 0}


def question_facts(series: Series, sitting: Sitting, question: Question) -> dict[str, Any]:
    """What the card of a question says."""
    questions = series.questions(sitting)
    passed = noted_before(questions, question.key)
    return {
        "challenge": sitting.challenge.name,
        "role": series.role(sitting),
        "phrase": series.phrase,
        "asks": question.asks,
        "hint": question.hint,
        "kind": question.kind,
        "own_words": question.own_words,
        "usual": question.usual if question.many else 0,
        "choices": [_choice(number, choice, question) for number, choice in enumerate(question.choices, 1)],
        "said": question.said,
        "noted": [_noted(questions, one) for one in passed],
        "number": numbered(questions, question.key),
        "of": sum(one.counts for one in questions),
        "can_go_back": previous_question(questions, question.key) is not None,
        "several_chosen": question.kind == "choices" and bool(question.said),
        "can_skip": not question.said,
        "can_keep": question.kind != "choices" and bool(question.said),
        **question.more,
    }


def _noted(questions: Sequence[Question], question: Question) -> dict[str, Any]:
    return {
        "asks": question.asks,
        "said": question.said,
        "by": question.noted_by,
        "place": numbered(questions, question.key),
        "hidden": {"change": question.key},
    }


def _choice(number: int, choice: Choice, question: Question) -> dict[str, Any]:
    chosen = question.value if isinstance(question.value, list) else [question.value]
    return {
        "place": number,
        "label": choice.label,
        "chosen": choice.value in chosen,
        "hidden": {"pick": choice.value},
    }


def carried(sitting: Sitting) -> dict[str, Any]:
    """What every button carries: which conversation it belongs to."""
    return {"challenge": sitting.row.challenge_id, "series": sitting.row.series, "thing": sitting.row.thing}


def _with_hidden(reply: Reply, sitting: Sitting) -> Reply:
    """Every button also says which question it belongs to."""
    hidden = {**carried(sitting), "asked": sitting.row.question, **reply.hidden}
    return Reply(reply.template, reply.facts, to=reply.to, hidden=hidden)
