"""The rounds of questions after a challenge: which there are, when each opens, who sends it, who is asked."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers import tasks
from handlers.agenda import Due
from handlers.calendars import calendar_of
from handlers.message import Refused
from handlers.post import Post
from handlers.rules.counting import WorkingDays
from handlers.rules.dates import at
from handlers.rules.local import local_day
from handlers.rules.rounds import is_open, opens_on, reminder_days, who_is_asked
from handlers.shapes import Evaluation, Format, Questionnaire
from store.challenge import Challenge
from store.person import Person
from store.questionnaire import Participation, participations
from store.role import holders


class NoSuchQuestionnaire(Refused):
    """The format has no questionnaire of that name."""


class WhichQuestionnaire(Refused):
    """Several may be meant, and none was named."""


class NoQuestionnaire(Refused):
    """There is none that this person could answer, send or read now."""


class SentBeforeFinal(Refused):
    """The final is not issued yet. LGA manual: peers are asked only afterwards."""


class SentTooEarly(Refused):
    """The questionnaire opens on a later day, or the visit has no date yet."""


class NobodyToAsk(Refused):
    """Nobody holds a part that this questionnaire is for."""


@dataclass(frozen=True, kw_only=True)
class Round:
    """One questionnaire of one challenge as it stands.

    `senders`: who sends it, or in an interview who does the talking.
    """

    evaluation: Evaluation
    questionnaire: Questionnaire
    opens: date | None
    open: bool
    senders: tuple[Person, ...]
    asked: tuple[Participation, ...]

    @property
    def key(self) -> str:
        """The questionnaire's name."""
        return self.evaluation.questionnaire

    @property
    def title(self) -> str:
        """What people read."""
        return self.questionnaire.title

    @property
    def answered(self) -> int:
        """How many have finished."""
        return sum(one.finished_at is not None for one in self.asked)

    def is_sent_by(self, person: Person) -> bool:
        """Whether this person sends it (or, for an interview, does the talking)."""
        return any(one.id == person.id for one in self.senders)

    def of(self, person: Person) -> Participation | None:
        """Somebody's own part in it, if they were asked."""
        return next((one for one in self.asked if one.person_id == person.id), None)


def rounds(post: Post, challenge: Challenge) -> list[Round]:
    """Every round of a challenge, in the order of the format's file."""
    return [_round(post, challenge, one) for one in format_of(post, challenge).evaluation]


def format_of(post: Post, challenge: Challenge) -> Format:
    """The format of a challenge."""
    return post.shapes.format(challenge.format)


def _round(post: Post, challenge: Challenge, evaluation: Evaluation) -> Round:
    today = local_day(post.now, challenge.zone)
    role = evaluation.interviewer or evaluation.sent_by
    opens = opening(challenge, evaluation)
    return Round(
        evaluation=evaluation,
        questionnaire=post.shapes.questionnaire(evaluation.questionnaire),
        opens=opens,
        open=is_open(opens, today),
        senders=tuple(holders(post.session, challenge.id, challenge.programme_id, role, today)),
        asked=tuple(participations(post.session, challenge.id, evaluation.questionnaire)),
    )


def opening(challenge: Challenge, evaluation: Evaluation) -> date | None:
    """The day on which a round opens; None while the final is not issued, or the visit has no date."""
    return opens_on(
        tasks.anchor_days(challenge)[evaluation.opens_after],
        working_days=evaluation.working_days,
        months=evaluation.months,
        calendar=calendar_of(challenge),
    )


def to_ask(post: Post, challenge: Challenge, evaluation: Evaluation) -> list[tuple[Person, str]]:
    """Whom a round is for today, each with the role for which they are asked."""
    today = local_day(post.now, challenge.zone)
    filled = [
        (role, holders(post.session, challenge.id, challenge.programme_id, role, today))
        for role in evaluation.to
    ]
    return who_is_asked(filled, only_first=evaluation.only_first)


def to_send(post: Post, challenge: Challenge) -> list[Round]:
    """The rounds that are open and were not sent yet; interviews are not sent."""
    found = rounds(post, challenge)
    return [one for one in found if one.open and not one.asked and one.evaluation.interviewer is None]


def named(every: Sequence[Round], about: Mapping[str, Any], text: str) -> Round | None:
    """The round that a button carries or that was named. Raises NoSuchQuestionnaire."""
    name = _plain(str(about.get("questionnaire") or text))
    if not name:
        return None
    for one in every:
        if name in {_plain(one.key), _plain(one.title)}:
            return one
    raise NoSuchQuestionnaire(name=text, there=[one.key for one in every])


def chosen(
    every: Sequence[Round],
    own: Sequence[Round],
    challenge: Challenge,
    about: Mapping[str, Any],
    text: str,
    phrase: str,
) -> Round:
    """The round named, else the only one of `own`.

    Raises NoSuchQuestionnaire, WhichQuestionnaire and NoQuestionnaire.
    """
    found = named(every, about, text)
    if found:
        return found
    if not own:
        raise NoQuestionnaire(challenge=challenge.name)
    if len(own) > 1:
        items = [{"title": one.title, "hidden": carried(challenge, one)} for one in own]
        raise WhichQuestionnaire(questionnaires=items, phrase=phrase)
    return own[0]


def carried(challenge: Challenge, found: Round) -> dict[str, Any]:
    """What a button about a questionnaire carries."""
    return {"challenge": challenge.id, "questionnaire": found.key}


def check_open(found: Round, challenge: Challenge, report: str) -> None:
    """Refuse a round whose day has not come. Raises SentBeforeFinal and SentTooEarly."""
    facts = {"challenge": challenge.name, "title": found.title, "report": report}
    if found.opens is None and found.evaluation.opens_after == "final_issued":
        raise SentBeforeFinal(**facts)
    if not found.open:
        interview = found.evaluation.interviewer is not None
        raise SentTooEarly(
            **facts, opens=found.opens.isoformat() if found.opens else None, interview=interview
        )


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", name.casefold()).split())


# Prompting who sends


def prompt_those_opening(post: Post, challenge: Challenge, but_not: Person) -> list[Person]:
    """Prompt whoever sends a round that opens now that the final is issued, other than who issued it."""
    prompted: dict[int, Person] = {}
    for one in to_send(post, challenge):
        if one.evaluation.opens_after == "final_issued":
            others = [person for person in one.senders if person.id != but_not.id]
            prompted.update({person.id: person for person in others})
            _prompt(post, challenge, one, others)
    return list(prompted.values())


def prompt(post: Post, challenge: Challenge, questionnaire: str) -> None:
    """The day has come on which a round opens: whoever sends it, or holds the interview, is told."""
    for one in rounds(post, challenge):
        if one.key == questionnaire and not one.asked:
            _prompt(post, challenge, one, one.senders)


def _prompt(post: Post, challenge: Challenge, found: Round, people: Iterable[Person]) -> None:
    interview = found.evaluation.interviewer
    asked = to_ask(post, challenge, found.evaluation) if interview else []
    facts = {
        "challenge": challenge.name,
        "role": interview or found.evaluation.sent_by,
        "title": found.title,
        "to": list(found.evaluation.to),
        "report": format_of(post, challenge).words.report,
        "minutes": found.questionnaire.minutes,
        "people": [{"name": person.name, "role": role} for person, role in asked],
        "final_issued": challenge.final_issued_at is not None,
    }
    for person in people:
        post.nudge(
            person,
            "interview_prompt" if interview else "questionnaire_prompt",
            facts,
            key=f"round:{challenge.id}:{found.key}:{person.id}:{found.opens}",
            challenge=challenge,
            hidden={"questionnaire": found.key},
        )


# What falls due


def due(session: Session, challenge: Challenge, format: Format) -> Iterator[Due]:
    """The opening of each round, and the days on which those who have not answered are reminded."""
    for evaluation in format.evaluation:
        asked = participations(session, challenge.id, evaluation.questionnaire)
        if asked and evaluation.interviewer is None:
            yield from _reminders(challenge, format, evaluation, asked)
        if not asked:
            yield from _opening(challenge, format, evaluation)


def _opening(challenge: Challenge, format: Format, evaluation: Evaluation) -> Iterator[Due]:
    """A round that opens the moment the final is issued was prompted then."""
    day = opening(challenge, evaluation)
    anchor = tasks.anchor_days(challenge)[evaluation.opens_after]
    if day is None or (evaluation.opens_after == "final_issued" and day == anchor):
        return
    moment = at(day, format.digest.at, challenge.zone)
    yield Due(at=moment, run=prompt, facts={"questionnaire": evaluation.questionnaire})


def _reminders(
    challenge: Challenge, format: Format, evaluation: Evaluation, asked: list[Participation]
) -> Iterator[Due]:
    calendar = WorkingDays(challenge.nation)
    waiting = [one for one in asked if one.finished_at is None]
    for asked_on in sorted({local_day(one.asked_at, challenge.zone) for one in waiting}):
        for day in reminder_days(asked_on, evaluation.reminders, calendar):
            facts = {"questionnaire": evaluation.questionnaire, "asked_on": asked_on}
            yield Due(at=at(day, format.digest.at, challenge.zone), run=remind, facts=facts)


def remind(post: Post, challenge: Challenge, questionnaire: str, asked_on: date) -> None:
    """Remind those who have not answered and still have the part for which they were asked."""
    for one in participations(post.session, challenge.id, questionnaire):
        asked_then = local_day(one.asked_at, challenge.zone) == asked_on
        if one.finished_at is None and asked_then and _still_there(post, challenge, one):
            _remind(post, challenge, one)


def _still_there(post: Post, challenge: Challenge, part: Participation) -> bool:
    today = local_day(post.now, challenge.zone)
    return part.person in holders(post.session, challenge.id, challenge.programme_id, part.role, today)


def _remind(post: Post, challenge: Challenge, part: Participation) -> None:
    shape = post.shapes.questionnaire(part.questionnaire)
    part.reminded_at = post.now
    post.nudge(
        part.person,
        "questionnaire_reminder",
        {
            "challenge": challenge.name,
            "role": part.role,
            "title": shape.title,
            "minutes": shape.minutes,
            "begun": part.sheet is not None,
        },
        key=f"{reminder_key(part)}{local_day(post.now, challenge.zone)}",
        challenge=challenge,
        hidden={"questionnaire": part.questionnaire},
    )


def reminder_key(participation: Participation) -> str:
    """How the keys of somebody's reminders begin."""
    return f"questionnaire-reminder:{participation.id}:"
