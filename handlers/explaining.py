"""Tasks as they are shown: whose, due when, and why on that day."""

from typing import Any

from handlers.holding import Holding, Sight, is_late, owners
from handlers.rules.dates import WorkingDays
from handlers.rules.local import local_day, local_text
from handlers.shapes import Format
from handlers.tasks import anchor_days, milestone_day, milestone_of, settled_by
from handlers.words import Words
from store.challenge import Challenge
from store.task import Task


def shown(task: Task, challenge: Challenge, sight: Sight, words: Words) -> dict[str, Any]:
    """The facts of a task for somebody who may know of it."""
    return {**in_short(task, challenge, sight), "why": why(task, challenge, sight.format, words)}


def in_short(task: Task, challenge: Challenge, sight: Sight) -> dict[str, Any]:
    """The same, without the reason for its date."""
    return {
        **in_brief(task, challenge, sight.format, sight.holding),
        "late": (sight.today - task.due_on).days if task.due_on and is_late(task, sight.today) else 0,
        "today": task.due_on == sight.today,
        "snoozed": _later(task, sight),
        "can_settle": sight.settles(task),
        "can_do": sight.settles(task) and settled_by(task, sight.format) is None,
        "hidden": {"challenge": challenge.id},
    }


def in_brief(task: Task, challenge: Challenge, format: Format, holding: Holding) -> dict[str, Any]:
    """Number, title, whose and when. A role that nobody holds yet is named by its label."""
    labels = [shape.label for role, shape in format.roles.items() if role == task.owner_role]
    return {
        "number": task.number,
        "title": task.title,
        "who": ", ".join(person.name for person in owners(task, holding)),
        "role": "".join(labels),
        "due": _due(task, challenge),
        "timed": task.due_at is not None,
    }


def _due(task: Task, challenge: Challenge) -> str:
    if task.due_at is not None:
        return local_text(task.due_at, challenge.zone)
    return task.due_on.isoformat() if task.due_on else ""


def _later(task: Task, sight: Sight) -> str:
    until = task.snoozed_until
    return until.isoformat() if until and until > sight.today else ""


def why(task: Task, challenge: Challenge, format: Format, words: Words) -> str:
    """Why a task falls due when it does, in words; "" for a date that somebody simply gave."""
    return words.card("why_due", {**why_facts(task, challenge, format), "left_out": []}).plain


def why_in_full(task: Task, challenge: Challenge, format: Format, words: Words) -> str:
    """The same, with the bank holidays that the count passed over."""
    return words.card("why_due", why_facts(task, challenge, format)).plain


def why_facts(task: Task, challenge: Challenge, format: Format) -> dict[str, Any]:
    """The facts of `why_due`: pinned, counted from a day, hurried by a late opening, or not known yet."""
    milestone = milestone_of(task, format)
    facts = {"how": "given", "anchor_name": "", "day": "", "anchor": "", "count": 0, "unit": "", "side": ""}
    facts |= {"left_out": [], "moved_from": ""}
    if task.kind == "blank":
        opened = local_day(challenge.opened_at, challenge.zone).isoformat()
        within = {"count": format.opening.blanks_within, "unit": "working_days", "side": "after"}
        counted = {"how": "counted", "anchor_name": "opened", "anchor": opened, **within}
        return {**facts, **counted} if task.pinned_by is None else {**facts, "how": "pinned"}
    if task.pinned_by is not None:
        return {**facts, "how": "pinned"}
    if milestone is None:
        return facts
    anchors = anchor_days(challenge)
    anchor = anchors[milestone.anchor]
    if anchor is None:
        return {**facts, "how": "unknown", "anchor_name": milestone.anchor}
    found = milestone.explained(anchor, WorkingDays(challenge.nation))
    hurried = found["day"] != str(milestone_day(milestone, challenge, anchors))
    how = {"how": "hurried" if hurried else "counted", "anchor_name": milestone.anchor}
    return {**facts, **found, **how, "moved_from": found["moved_from"] or ""}
