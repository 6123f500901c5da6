"""Tasks as they are shown: whose, due when, and why on that day."""

from datetime import date
from typing import Any

from handlers.calendars import calendar_of
from handlers.holding import Holding, Sight, is_late, owners
from handlers.rules.counting import WorkingDays, explain
from handlers.rules.local import local_day, local_text
from handlers.shapes import Format
from handlers.tasks import anchor_days, milestone_day, milestone_of, settled_by
from handlers.words import Words
from store.challenge import Challenge
from store.task import Task


def shown(task: Task, challenge: Challenge, sight: Sight, words: Words) -> dict[str, Any]:
    """The facts of a task for somebody who may know of it."""
    why = {**why_facts(task, challenge, sight.format, sight.today), "left_out": []}
    return {**in_short(task, challenge, sight), "why": words.card("why_due", why).plain}


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


def why_in_full(task: Task, challenge: Challenge, format: Format, words: Words, today: date) -> str:
    """Why a task falls due when it does, with the bank holidays that the count passed over."""
    return words.card("why_due", why_facts(task, challenge, format, today)).plain


_NOT_COUNTED = {
    "anchor_name": "", "day": "", "anchor": "", "count": 0, "unit": "", "side": "", "left_out": [],
    "moved_from": "",
}  # fmt: skip


def why_facts(task: Task, challenge: Challenge, format: Format, today: date) -> dict[str, Any]:
    """The facts of `why_due`.

    `how` is "counted" from a day, "hurried" by a late opening, "unknown" while that day is, or "given" by
    somebody. `elsewhere`: it was pinned to another day than the counted one.
    """
    counted = _counted(task, challenge, format)
    pinned = task.pinned_by is not None
    return {
        **_NOT_COUNTED,
        **counted,
        "kind": task.kind,
        "given_by": task.adder.name if task.adder else "",
        "pinned_by": task.pinner.name if pinned and task.pinner else "",
        "elsewhere": pinned and counted["how"] == "counted" and counted["day"] != str(task.due_on),
        "this_year": today.year,
    }


def _counted(task: Task, challenge: Challenge, format: Format) -> dict[str, Any]:
    milestone = milestone_of(task, format)
    if task.kind == "blank":
        return _from_opening(challenge, format)
    if milestone is None:
        return {"how": "given"}
    anchors = anchor_days(challenge)
    anchor = anchors[milestone.anchor]
    if anchor is None:
        return {"how": "unknown", "anchor_name": milestone.anchor}
    calendar = calendar_of(challenge)
    found = milestone.explained(anchor, calendar)
    hurried = found["day"] != str(milestone_day(milestone, challenge, anchors, calendar))
    how = {"how": "hurried" if hurried else "counted", "anchor_name": milestone.anchor}
    return {**found, **how, "moved_from": found["moved_from"] or ""}


def _from_opening(challenge: Challenge, format: Format) -> dict[str, Any]:
    opened = local_day(challenge.opened_at, challenge.zone)
    found = explain(opened, format.opening.blanks_within, WorkingDays(challenge.nation))
    return {**found, "how": "counted", "anchor_name": "opened", "moved_from": found["moved_from"] or ""}
