"""What must hold between the parts of one file, and between files. Each check says what it found wrong."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from string import Formatter

from handlers.shapes_base import Choices, Fault
from handlers.shapes_form import FormShape, Question, Questionnaire
from handlers.shapes_format import Format, Milestone

AUDIENCES = (
    *("everyone", "team", "council", "liaison", "programme", "sponsor", "release", "coordination"),
    *("scoping", "visitors", "quality", "management", "results", "released"),
)
"""The audiences that messages name, so that every format must have them."""


def of_format(file: str, shape: Format, rated: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    """Check one format. `rated`: the roles that each questionnaire rates."""
    yield from _spans(file, shape)
    yield from _audiences(file, shape)
    yield from _rooms(file, shape)
    yield from _scoping(file, shape)
    yield from _milestones(file, shape)
    yield from _times(file, shape)
    yield from _release(file, shape)
    yield from _evaluation(file, shape, rated)


def of_questionnaire(file: str, questionnaire: Questionnaire) -> Iterator[Fault]:
    """Check one questionnaire, its scales already filled in."""
    yield from _unique(file, "questions", [question.name for question in questionnaire.questions])
    for question in questionnaire.questions:
        key = f"questions.{question.name}"
        yield from _choices(file, key, question.kind, question.choices)
        yield from _question(file, key, question, questionnaire)


def of_form(file: str, form: FormShape) -> Iterator[Fault]:
    """Check one form."""
    yield from _unique(file, "fields", [field.name for field in form.fields])
    for field in form.fields:
        if not (field.choices_from and not field.choices):
            yield from _choices(file, f"fields.{field.name}", field.kind, field.choices)


def of_all(formats: Collection[Format]) -> Iterator[Fault]:
    """Check what formats have to agree on between them."""
    if not formats:
        yield Fault(
            file="formats/", key="", wrong="no format was found", allowed=("one file for each format",)
        )
    default = [shape.key for shape in formats if shape.default]
    for key in default[1:]:
        yield Fault(file=f"formats/{key}.toml", key="default", wrong=f"{default[0]} is the default already")


# A format


def _spans(file: str, shape: Format) -> Iterator[Fault]:
    for key, span in (("group_size", shape.group_size), ("on_site_days", shape.on_site_days)):
        if not 1 <= span.min <= span.default <= span.max:
            yield Fault(
                file=file,
                key=key,
                wrong="the numbers are not in order",
                allowed=("1 <= min <= default <= max",),
            )


def _audiences(file: str, shape: Format) -> Iterator[Fault]:
    for name in AUDIENCES:
        if name not in shape.audiences:
            yield Fault(file=file, key=f"audiences.{name}", wrong="is missing", allowed=("a list of roles",))
    for name, roles in shape.audiences.items():
        yield from _known(file, f"audiences.{name}", roles, shape.roles)
    if not shape.reciprocal:
        yield from _no_leak(file, shape)


def _no_leak(file: str, shape: Format) -> Iterator[Fault]:
    """The council is not among those who read what the team says. LGA manual, section 10."""
    for name in ("team", "release", "visitors", "quality"):
        council = shape.side("council").intersection(shape.audiences.get(name, ()))
        for role in sorted(council):
            yield Fault(
                file=file,
                key=f"audiences.{name}",
                wrong=f"{role} is on the council's side, and must not read this",
            )


def _rooms(file: str, shape: Format) -> Iterator[Fault]:
    for kind, room in shape.rooms.items():
        for key, text in (("title", room.title), ("topic", room.topic)):
            yield from _placeholders(file, f"rooms.{kind}.{key}", text, {"challenge"})


def _scoping(file: str, shape: Format) -> Iterator[Fault]:
    questions = shape.scoping.questions
    yield from _unique(file, "scoping.questions", [question.name for question in questions])
    for question in questions:
        key = f"scoping.questions.{question.name}"
        yield from _placeholders(file, f"{key}.asks", question.asks, {"area"} if question.each else set())
        if not (question.choices_from and not question.choices):
            yield from _choices(file, key, question.kind, question.choices)


def _milestones(file: str, shape: Format) -> Iterator[Fault]:
    yield from _unique(file, "milestones", [milestone.key for milestone in shape.milestones])
    yield from _no_circle(file, shape.milestones)
    known = {milestone.key: milestone for milestone in shape.milestones}
    for milestone in shape.milestones:
        key = f"milestones.{milestone.key}"
        yield from _known(file, f"{key}.owner", [milestone.owner], shape.roles)
        yield from _known(file, f"{key}.audience", [milestone.audience], {*shape.audiences, *shape.roles})
        yield from _known(file, f"{key}.needs", milestone.needs, known)
        yield from _milestone(file, key, milestone, shape)
        yield from _order(file, key, milestone, [known[need] for need in milestone.needs if need in known])


def _milestone(file: str, key: str, milestone: Milestone, shape: Format) -> Iterator[Fault]:
    if (milestone.working_days is None) == (milestone.months is None):
        yield Fault(file=file, key=key, wrong="has no offset, or two", allowed=("working_days", "months"))
    if (
        milestone.anchor in {"opened", "final_issued"}
        and (milestone.working_days or milestone.months or 0) < 0
    ):
        yield Fault(
            file=file, key=key, wrong=f"cannot fall due before {milestone.anchor}", allowed=("0 or more",)
        )
    if milestone.owner not in shape.audiences.get(milestone.audience, (milestone.owner,)):
        yield Fault(
            file=file,
            key=f"{key}.audience",
            wrong=f"{milestone.owner} owns this and could not read it",
            allowed=tuple(
                sorted(name for name, roles in shape.audiences.items() if milestone.owner in roles)
            ),
        )


def _order(file: str, key: str, milestone: Milestone, needs: Iterable[Milestone]) -> Iterator[Fault]:
    """What a milestone needs may not fall due after it."""
    for need in needs:
        if need.key == milestone.key or (
            need.anchor == milestone.anchor and _offset(need) > _offset(milestone)
        ):
            yield Fault(file=file, key=f"{key}.needs", wrong=f"{need.key} falls due later")


def _no_circle(file: str, milestones: Iterable[Milestone]) -> Iterator[Fault]:
    try:
        TopologicalSorter({milestone.key: milestone.needs for milestone in milestones}).prepare()
    except CycleError as circle:
        yield Fault(
            file=file, key="milestones", wrong=f"needs go round: {' needs '.join(circle.args[1][::-1])}"
        )


def _offset(milestone: Milestone) -> int:
    """Roughly, in working days."""
    return milestone.working_days or 0 if milestone.months is None else milestone.months * 21


def _times(file: str, shape: Format) -> Iterator[Fault]:
    names = (
        *("notes_prompt", "debrief", "draft_by", "conversation", "message_by"),
        *("silence_manager", "silence_programme", "nothing_after"),
    )
    for earlier, later in pairwise(names):
        if getattr(shape.on_site, earlier) > getattr(shape.on_site, later):
            yield Fault(file=file, key=f"on_site.{later}", wrong=f"comes before {earlier}", allowed=names)


def _release(file: str, shape: Format) -> Iterator[Fault]:
    """Only the team lets words leave the team: never the coordinator or the council."""
    team = shape.audiences.get("team", ())
    for role in shape.release.agreed_by:
        if role not in team:
            yield Fault(file=file, key="release.agreed_by", wrong=f"{role} is not in the team", allowed=team)
    yield from _known(file, "audiences.release", shape.release.agreed_by, shape.audiences.get("release", ()))
    yield from _known(file, "release.stand_in_named_by", [shape.release.stand_in_named_by], shape.roles)
    yield from _known(file, "qa_chain", shape.qa_chain, shape.roles)


def _evaluation(file: str, shape: Format, rated: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    yield from _unique(file, "evaluation", [one.questionnaire for one in shape.evaluation])
    for one in shape.evaluation:
        key = f"evaluation.{one.questionnaire}"
        roles = [*one.to, one.sent_by, *([one.interviewer] if one.interviewer else [])]
        yield from _known(file, f"{key}.questionnaire", [one.questionnaire], rated)
        yield from _known(file, key, roles, shape.roles)
        yield from _known(file, f"{key}.results_for", [one.results_for], {*shape.audiences, *shape.roles})
        for role in shape.audiences.get(one.results_for, (one.results_for,)):
            if role in rated.get(one.questionnaire, ()):
                yield Fault(
                    file=file, key=f"{key}.results_for", wrong=f"{role} is rated, and must not read answers"
                )
        if one.working_days is not None and one.months is not None:
            yield Fault(file=file, key=key, wrong="has two offsets", allowed=("working_days", "months"))


# Any shape


def _known(file: str, key: str, names: Iterable[str], known: Collection[str]) -> Iterator[Fault]:
    for name in names:
        if name not in known:
            yield Fault(file=file, key=key, wrong=f"{name} is not known here", allowed=tuple(known))


def _unique(file: str, key: str, names: Iterable[str]) -> Iterator[Fault]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Fault(
                file=file, key=key, wrong=f"{name} is there {count} times", allowed=("each name once",)
            )


def _placeholders(file: str, key: str, text: str, allowed: set[str]) -> Iterator[Fault]:
    try:
        used = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        yield Fault(file=file, key=key, wrong="has a curly bracket too many")
        return
    names = tuple("{" + name + "}" for name in sorted(allowed)) or ("no curly brackets",)
    for name in used:
        if name not in allowed:
            yield Fault(file=file, key=key, wrong="{" + name + "} is not known here", allowed=names)


def _choices(file: str, key: str, kind: str, choices: Choices) -> Iterator[Fault]:
    if kind in {"choice", "choices"} and not choices:
        yield Fault(
            file=file,
            key=f"{key}.choices",
            wrong="there is nothing to choose",
            allowed=("a list of choices",),
        )
    if kind not in {"choice", "choices"} and choices:
        yield Fault(
            file=file, key=f"{key}.kind", wrong=f"{kind} has no choices", allowed=("choice", "choices")
        )
    yield from _unique(file, f"{key}.choices", [choice.value for choice in choices])


def _question(file: str, key: str, question: Question, questionnaire: Questionnaire) -> Iterator[Fault]:
    values = tuple(choice.value for choice in question.choices)
    yield from _known(file, f"{key}.positive", question.positive, values)
    if question.rates:
        yield from _known(file, f"{key}.rates", [question.rates], questionnaire.rated_roles)
    if question.private_to and questionnaire.confidentiality == "anonymous":
        yield Fault(
            file=file, key=f"{key}.private_to", wrong="an anonymous questionnaire has no private answers"
        )
