"""What a day's summary says: drafted from the notes marked for it, changed by form, and told in its facts."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers import themes
from handlers.post import Post
from handlers.rules.dates import at
from handlers.rules.lint import note_hints
from handlers.rules.local import local_text
from handlers.shapes import FieldShape, Format, FormShape
from handlers.visit import days_of
from store.challenge import Challenge
from store.note import Note, notes_for_summary
from store.person import Person
from store.role import holders
from store.summary import Summary
from store.task import Task, open_tasks

KINDS = ("strength", "consider", "exploring")
_GENERAL = "general"
_LONGEST_TEXT, _LONGEST_MESSAGE = 3000, 15_000


# The words


def content_from_notes(session: Session, challenge: Challenge, format: Format, day: date) -> dict[str, Any]:
    """A draft from the notes that are marked for a day, theme by theme, with the open requests."""
    titles = themes.titles(session, challenge, format)
    notes = notes_for_summary(session, challenge.id, day)
    order = [*titles, *(note.theme for note in notes if note.theme and note.theme not in titles), None]
    drafted = [
        {"theme": theme or _GENERAL, "title": themes.title(session, challenge, theme) if theme else None}
        | {kind: _joined(notes, theme, kind) for kind in KINDS}
        for theme in dict.fromkeys(order)
        if any(note.theme == theme for note in notes)
    ]
    return {"themes": drafted, "tomorrow": "", "requests": open_requests(session, challenge, day)}


def is_too_long(content: dict[str, Any]) -> bool:
    """Whether this is more than one message, or one field of its form, can hold."""
    texts = [theme[kind] for theme in content["themes"] for kind in KINDS]
    return max(map(len, texts), default=0) > _LONGEST_TEXT or sum(map(len, texts)) > _LONGEST_MESSAGE


def _joined(notes: Iterable[Note], theme: str | None, kind: str) -> str:
    return "\n".join(note.text for note in notes if (note.theme, note.kind) == (theme, kind))


def open_requests(session: Session, challenge: Challenge, today: date) -> list[dict[str, Any]]:
    """What the council was asked for and has not answered, the soonest due first."""
    requests = [task for task in open_tasks(session, challenge.id) if task.kind == "request"]
    return [_request(session, challenge, task, today) for task in requests]


def _request(session: Session, challenge: Challenge, task: Task, today: date) -> dict[str, Any]:
    owners = [task.owner] if task.owner else people(session, challenge, [str(task.owner_role)], today)
    return {
        "number": task.number,
        "title": task.title,
        "due": local_text(task.due_at, challenge.zone) if task.due_at else "",
        "who": first_names(owners),
    }


# Changing them by form


def form_of(shape: FormShape, content: dict[str, Any]) -> FormShape:
    """The form for changing a summary: the shape's theme fields once for each theme, then its others."""
    repeated = [field for field in shape.fields if field.name in KINDS]
    once = [field for field in shape.fields if field.name not in KINDS]
    each = [_field_for(field, theme) for theme in content["themes"] for field in repeated]
    return shape.model_copy(update={"fields": (*each, *once)})


def _field_for(field: FieldShape, theme: dict[str, Any]) -> FieldShape:
    label = field.label.replace("{theme}", theme["title"] or "").strip(" :")
    return field.model_copy(update={"name": _name(theme, field.name), "label": label})


def known_in(content: dict[str, Any]) -> dict[str, str]:
    """What the form begins with, by the names of its fields."""
    texts = {_name(theme, kind): theme[kind] for theme in content["themes"] for kind in KINDS}
    return {**texts, "tomorrow": content["tomorrow"]}


def changed(content: dict[str, Any], typed: dict[str, str], requests: list[dict[str, Any]]) -> dict[str, Any]:
    """The content with what was typed into the form; a theme without words is left out."""
    told = [
        theme | {kind: typed.get(_name(theme, kind), "").strip() for kind in KINDS}
        for theme in content["themes"]
    ]
    kept = [theme for theme in told if any(theme[kind] for kind in KINDS)]
    return {"themes": kept, "tomorrow": typed.get("tomorrow", "").strip(), "requests": requests}


def _name(theme: dict[str, Any], kind: str) -> str:
    """The name of a field: front_door_strength, kloe_2_consider."""
    slug = re.sub(r"[^a-z0-9]+", "_", theme["theme"].casefold()).strip("_")
    return f"about_{slug}_{kind}" if not slug[:1].isalpha() else f"{slug}_{kind}"


# Telling them


def facts(post: Post, challenge: Challenge, summary: Summary, content: dict[str, Any]) -> dict[str, Any]:
    """What every message about a summary may say, whatever its state."""
    format = post.shapes.format(challenge.format)
    days = days_of(challenge)
    tomorrow = summary.day + timedelta(days=1)
    preview = format.on_site.preview if tomorrow == format.on_site.preview_day(days) else None
    return {
        "challenge": challenge.name,
        "called": format.words.challenge,
        "day": summary.day.isoformat(),
        "number": days.index(summary.day) + 1 if summary.day in days else 0,
        "days": len(days),
        "sponsor": first_names(people(post.session, challenge, ["sponsor"], summary.day)),
        "themes": content["themes"],
        "requests": content["requests"],
        "tomorrow": content["tomorrow"],
        "preview": local_text(at(tomorrow, preview, challenge.zone), challenge.zone) if preview else "",
        "conversation": f"{format.on_site.conversation:%H:%M}",
        "empty": not content["themes"],
    }


def hints(content: dict[str, Any]) -> list[str]:
    """Hints about wording, each once."""
    texts = [theme[kind] for theme in content["themes"] for kind in KINDS] + [content["tomorrow"]]
    return list(dict.fromkeys(hint for text in texts for hint in note_hints(text)))


# Who and when


def people(session: Session, challenge: Challenge, roles: Iterable[str], day: date) -> list[Person]:
    """The holders of some roles on a day, in the order of the roles, each once."""
    found = [
        person
        for role in roles
        for person in holders(session, challenge.id, challenge.programme_id, role, day)
    ]
    return list(dict.fromkeys(found))


def first_names(persons: Sequence[Person]) -> list[str]:
    """How colleagues call them: "Martin", "Ruth"."""
    return [person.name.split()[0] if person.name.split() else person.name for person in persons]
