"""The results of a questionnaire, for those whom its round names, and no more than they may know."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from handlers import rounds
from handlers.message import Refused, Reply
from handlers.post import Post
from handlers.rounds import Round, carried
from handlers.rules.results import Alone, Breakdown, Limits, Reader, by_name, may_read_by_name
from handlers.rules.results import results as may_be_told
from handlers.shapes import Format, Questionnaire
from handlers.sheets import answers_on
from store.challenge import Challenge
from store.person import Person
from store.questionnaire import ever_held, finished_sheets

_TEXTS_ON_A_CARD = 10


class ResultsNotForYou(Refused):
    """The results are for other roles."""


class NobodyAsked(Refused):
    """Nobody has been asked yet."""


def results(
    post: Post,
    challenge: Challenge,
    format: Format,
    speaker: Person,
    roles: frozenset[str],
    about: Mapping[str, Any],
    text: str,
) -> Reply:
    """Tell the results of a questionnaire: to nobody it is not for, and nobody's own to the rated."""
    found = _readable(post, challenge, format, roles, about, text)
    if not found.asked:
        raise NobodyAsked(title=found.title, challenge=challenge.name)
    reader = _reader(post, challenge, found.questionnaire, speaker, roles)
    if may_read_by_name(found.questionnaire.confidentiality, reader):
        return _sheets_by_name(post, challenge, found, reader, about)
    return _counted(post, challenge, format, found, reader, about)


def _readable(
    post: Post,
    challenge: Challenge,
    format: Format,
    roles: frozenset[str],
    about: Mapping[str, Any],
    text: str,
) -> Round:
    every = rounds.rounds(post, challenge)
    audiences = {one.key: format.audience(one.evaluation.results_for) for one in every}
    own = [one for one in every if roles & audiences[one.key]]
    named = rounds.named(every, about, text) if own else None
    if not own or (named and named not in own):
        whose = [audiences[named.key]] if named else audiences.values()
        raise ResultsNotForYou(who=sorted(frozenset().union(*whose)))
    return rounds.chosen(every, own, challenge, about, text, "questionnaire results")


def _reader(
    post: Post,
    challenge: Challenge,
    questionnaire: Questionnaire,
    speaker: Person,
    roles: frozenset[str],
) -> Reader:
    """Who asks. A part that was handed over counts as rated all the same."""
    rated = {*questionnaire.rated_roles, *(one.rates for one in questionnaire.questions if one.rates)}
    was = ever_held(post.session, speaker.id, challenge.id, challenge.programme_id, rated)
    return Reader(roles=roles, rated=was)


# Without names


def _counted(
    post: Post,
    challenge: Challenge,
    format: Format,
    found: Round,
    reader: Reader,
    about: Mapping[str, Any],
) -> Reply:
    told = may_be_told(
        found.questionnaire.questions,
        finished_sheets(post.session, challenge.id, found.key),
        asked=len(found.asked),
        answered=found.answered,
        reader=reader,
        limits=Limits(
            answers_from=format.results.answers_from, percentages_from=format.results.percentages_from
        ),
    )
    written: list[Breakdown | Alone] = [*told.breakdowns, *told.alone]
    texts = {one.name: one for one in written if one.texts}
    if about.get("question") in texts:
        one = texts[about["question"]]
        return _texts(challenge, found, one.asks, one.texts, one.name, int(about.get("from", 0)))
    return Reply(
        "results",
        {
            "challenge": challenge.name,
            "title": found.title,
            "asked": told.asked,
            "answered": told.answered,
            "percent": told.percent,
            "few": told.few,
            "answers_from": format.results.answers_from,
            "percentages_from": format.results.percentages_from,
            "rated": reader.rated,
            "questions": [_question(one, found.questionnaire) for one in told.breakdowns],
            "texts": [
                {"asks": one.asks, "number": len(one.texts), "hidden": {"question": name}}
                for name, one in texts.items()
            ],
        },
        hidden=carried(challenge, found),
    )


def _question(one: Breakdown, questionnaire: Questionnaire) -> dict[str, Any]:
    question = next(shape for shape in questionnaire.questions if shape.name == one.name)
    together = [choice.label for choice in question.choices if choice.value in question.positive]
    return {
        **asdict(one),
        "counts": [asdict(count) for count in one.counts],
        "texts": len(one.texts),
        "together": together,
    }


def _texts(
    challenge: Challenge, found: Round, asks: str, texts: Sequence[str], name: str, first: int
) -> Reply:
    last = first + _TEXTS_ON_A_CARD
    return Reply(
        "results_texts",
        {
            "challenge": challenge.name,
            "title": found.title,
            "asks": asks,
            "texts": list(texts[first:last]),
            "first": first + 1,
            "last": min(last, len(texts)),
            "all": len(texts),
            "more": [{"hidden": {"question": name, "from": last}}] if last < len(texts) else [],
        },
        hidden=carried(challenge, found),
    )


# By name, where that was said before the first question


def _sheets_by_name(
    post: Post, challenge: Challenge, found: Round, reader: Reader, about: Mapping[str, Any]
) -> Reply:
    finished = [one for one in found.asked if one.finished_at is not None]
    shown = [one for one in finished if one.id == about.get("participation", one.id)]
    numbers = {"asked": len(found.asked), "answered": found.answered}
    facts = {"challenge": challenge.name, "title": found.title, **numbers}
    if len(shown) != 1:
        people = [{"name": one.person.name, "hidden": {"participation": one.id}} for one in finished]
        return Reply("results_people", {**facts, "people": people}, hidden=carried(challenge, found))
    answers = by_name(found.questionnaire.questions, answers_on(post, shown[0]), reader)
    who = {"name": shown[0].person.name, "role": shown[0].role, "answers": _pairs(answers)}
    return Reply("results_by_name", {**facts, **who}, hidden=carried(challenge, found))


def _pairs(answers: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"asks": asks, "answer": answer} for asks, answer in answers]
