"""The shape of a kind of challenge: a file in templates/formats that a programme officer can change."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from handlers.rules.counting import WorkingDays, explain, explain_months, months_after, offset_day
from handlers.shapes_base import Choices, Count, Key, LocalTime, Role, Shape, Text, Whole

Anchor: TypeAlias = Literal["opened", "first_day", "last_day", "final_issued"]
RoomMoment: TypeAlias = Literal["ready", "proposal_agreed", "first_peer_confirmed"]
Side: TypeAlias = Literal["team", "council", "programme", "guest"]
Event: TypeAlias = Literal[
    "ready",
    "proposal_sent",
    "proposal_agreed",
    "first_peer_confirmed",
    "final_issued",
    "questionnaires_sent",
    "interview_finished",
]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError) as unknown:
        raise ValueError("should be a time zone such as Europe/London") from unknown
    return name


class Span(Shape):
    """A number of days or of councils."""

    default: Count
    min: Count
    max: Count


class Words(Shape):
    """What this format calls things."""

    challenge: Text = "peer challenge"
    host: Text = "the council"
    report: Text = "report"
    key_line: Text = "key line of enquiry"
    key_lines: Text = "key lines of enquiry"
    area: Text = "area"
    areas: Text = "areas"
    feedback: Text = "feedback presentation"
    on_site: Text = "on site"


class RoleShape(Shape):
    """A role of this format. `fewest` and `most` are who is looked for, and say where there are gaps."""

    label: Text
    side: Side
    fewest: Count = 0
    most: Count | None = None
    on_site: bool = False


class RoomShape(Shape):
    """A room, read by the audience of the same name. Made when every moment of `made_when` has come."""

    title: Text
    topic: Text
    made_when: Annotated[tuple[RoomMoment, ...], Field(min_length=1)]


class ScopingQuestion(Shape):
    """A question to the sponsor. `each = "area"` asks it once for each area, as {area} in `asks`.

    One that does not count ("question zero") is not among "1 of 9". An answer that is not
    `in_proposal` is read by nobody but the sponsor and those who scope.
    """

    name: Key
    asks: Text
    hint: str = ""
    kind: Literal["text", "long", "number", "date", "choice", "choices"] = "long"
    required: bool = False
    limit: Annotated[Count, Field(ge=1, le=3000)] = 3000
    choices: Choices = ()
    choices_from: Literal["areas", "core_themes"] | None = None
    own_words: bool = False
    each: Literal["area"] | None = None
    counts: bool = True
    in_proposal: bool = True


class Scoping(Shape):
    """What a scoping meeting settles. The numbers suggest, and never block."""

    core_themes: tuple[Text, ...] = ()
    areas: tuple[Text, ...] = ()
    typical_areas: Count
    key_lines_soft: Count
    split_hint: bool = True
    questions: Annotated[tuple[ScopingQuestion, ...], Field(min_length=1)]


class Milestone(Shape):
    """Something a role has to do by a day: so many working days or months from an anchor.

    `audience` may know of it; `needs` names the milestones before it; `done_when` the event
    that settles it by itself.
    """

    key: Key
    title: Text
    owner: Role
    audience: Key
    anchor: Anchor
    working_days: Whole | None = None
    months: Whole | None = None
    help: str = ""
    needs: tuple[Key, ...] = ()
    done_when: Event | None = None

    def due(self, anchor: date, calendar: WorkingDays) -> date:
        """The working day it falls due, when its anchor lies on this day."""
        if self.months is not None:
            return calendar.after(months_after(anchor, self.months), 0)
        return offset_day(anchor, self.working_days or 0, calendar)

    def explained(self, anchor: date, calendar: WorkingDays) -> dict[str, Any]:
        """The facts of `dates.explain` or `dates.explain_months`."""
        if self.months is not None:
            return explain_months(anchor, self.months, calendar)
        return explain(anchor, self.working_days or 0, calendar)


class OnSite(Shape):
    """The local times of an on-site day and its no-surprises summary."""

    notes_prompt: LocalTime
    debrief: LocalTime
    draft_by: LocalTime
    conversation: LocalTime
    message_by: LocalTime
    silence_manager: LocalTime
    silence_programme: LocalTime
    nothing_after: LocalTime
    preview: LocalTime | None = None
    unreachable_minutes: Count
    undelivered_minutes: Count
    message_days: Literal["all_but_last", "all", "none"] = "all_but_last"

    def preview_day(self, days: Sequence[date]) -> date | None:
        """The eve of the presentation, on which it is previewed; None when there is no such on-site day."""
        return days[-2] if self.preview and len(days) > 1 else None

    def summary_days(self, days: Sequence[date]) -> list[date]:
        """The on-site days that end with a summary: a preview takes its place."""
        wanted = {"all": days, "all_but_last": days[:-1], "none": ()}[self.message_days]
        return [day for day in wanted if day != self.preview_day(days)]

    def debrief_days(self, days: Sequence[date]) -> list[date]:
        """The on-site days with a debrief of the team's: all but the last, which has one with a summary."""
        summaries = self.summary_days(days)
        return [day for day in days if day != days[-1] or day in summaries]


class Release(Shape):
    """Whose agreement lets words leave the team, and who names somebody when neither can be reached."""

    agreed_by: Annotated[tuple[Role, ...], Field(min_length=1)]
    stand_in_named_by: Role


class Evaluation(Shape):
    """A questionnaire, who answers it, who sends it, and when it may open.

    `only_first`: only whoever holds the first of these roles that anybody holds. `interviewer`
    fills it in while talking. `reminders` are working days after it was sent.
    """

    questionnaire: Key
    to: Annotated[tuple[Role, ...], Field(min_length=1)]
    only_first: bool = False
    sent_by: Role
    interviewer: Role | None = None
    opens_after: Literal["final_issued", "last_day"]
    working_days: Count | None = None
    months: Count | None = None
    reminders: tuple[Count, ...] = ()
    results_for: Key


class Results(Shape):
    """Below how many answers nothing but the response rate, and no percentages, are shown."""

    answers_from: Count
    percentages_from: Count


class Quiet(Shape):
    """Hours in which nobody is nudged. People on site are, on on-site days, when they are exempt."""

    starts: LocalTime
    ends: LocalTime
    exempt_on_site: bool = True


class Digest(Shape):
    """The morning digest of those who have not chosen a time. `ahead`: working days before a task is due."""

    at: LocalTime
    ahead: Count = 5


class Opening(Shape):
    """Working days in which dates and names that were blank at the opening should be known."""

    blanks_within: Count = 10


class Closing(Shape):
    """How long nobody waits any more: working days after the last reminder of a questionnaire.

    Then whoever coordinates is reminded, once, that the challenge can be closed.
    """

    patience: Count


class Retention(Shape):
    """How many days records are kept: see `rules.retention`. DOMAIN: retention."""

    access: Count = 14
    deliberation: Count = 90
    logistics: Count = 30
    evaluation: Count = 365


class Format(Shape):
    """A kind of challenge. `key` is the file's name, and never stands in the file."""

    key: Key
    name: Text
    default: bool = False
    nation: Literal["ENG", "WLS", "SCT", "NIR"]
    zone: Annotated[str, AfterValidator(_known_zone)]
    mode: Literal["on_site", "online", "hybrid"]
    reciprocal: bool = False
    case_review: bool = False
    qa_chain: tuple[Role, ...] = ()
    follow_up: Literal["none", "voluntary", "monitored"] = "none"
    publication: Literal["council_decides", "published", "private"]
    group_size: Span
    on_site_days: Span
    words: Words = Words()
    roles: dict[Role, RoleShape]
    audiences: dict[Key, tuple[Role, ...]]
    rooms: dict[Literal["liaison", "team", "council"], RoomShape]
    scoping: Scoping
    milestones: tuple[Milestone, ...] = ()
    on_site: OnSite
    release: Release
    evaluation: tuple[Evaluation, ...] = ()
    results: Results
    quiet: Quiet
    digest: Digest
    opening: Opening = Opening()
    retention: Retention = Retention()
    closing: Closing | None = None

    def audience(self, name: str) -> frozenset[str]:
        """The roles of an audience, by its name or by the name of a single role. Raises KeyError."""
        if name in self.audiences:
            return frozenset(self.audiences[name])
        if name in self.roles:
            return frozenset({name})
        raise KeyError(name)

    def role(self, name: str) -> RoleShape:
        """The shape of a role. Raises KeyError."""
        return {str(role): shape for role, shape in self.roles.items()}[name]

    @property
    def sides(self) -> dict[str, str]:
        """The side of each role."""
        return {role: shape.side for role, shape in self.roles.items()}

    def side(self, name: Side) -> frozenset[str]:
        """The roles on one side: "team", "council", "programme" or "guest"."""
        return frozenset(role for role, shape in self.roles.items() if shape.side == name)

    def milestone(self, key: str) -> Milestone:
        """The milestone with this key. Raises KeyError."""
        return {milestone.key: milestone for milestone in self.milestones}[key]
