"""A challenge with somebody in every role and a secret in every text, at three moments of its life.

Each secret is one made-up word in a text that somebody wrote. `MAY_KNOW` says who may read it.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select

from handlers.dispatch import dispatch
from handlers.jobs import look_at_challenges, next_moment, tick
from store.challenge import Challenge
from store.heard import Heard
from store.outbox import Outgoing
from store.room import Room
from tests.fakes import database
from tests.fakes.house import BEGINS, CHAT, TENANT, House, account

ROLE_OF = {
    "Helen": "sponsor",
    "Sam": "organiser",
    "Dirk": "director",
    "Martin": "lead_peer",
    "Dana": "peer",
    "Amir": "peer",
    "Lena": "lead_member_peer",
    "Ruth": "challenge_manager",
    "Jo": "coordinator",
    "Priya": "programme_manager",
    "Pat": "principal_adviser",
    "Ann": "improvement_adviser",
    "Olga": "observer",
    "Tom": "summary_reader",
    "Nora": "invited",
    "Owen": "nobody",
    "Gus": "nobody",
}
GUEST = account("Gus", guest=True)
PLACES = {
    "direct": None,
    "programme": "programme",
    "liaison": "liaison-Exampleshire",
    "team": "team-Exampleshire",
    "council": "council-Exampleshire",
    "unbound": "somewhere",
}

TEAM = {"lead_peer", "peer", "lead_member_peer", "challenge_manager"}
SCOPING = {"sponsor", "programme_manager", "improvement_adviser"}
COORDINATING = {"coordinator", "programme_manager", "challenge_manager"}
RESULTS = {"programme_manager", "principal_adviser"}
VISITORS = TEAM | {"coordinator", "programme_manager", "principal_adviser"}
IN_THE_CHALLENGE = {*ROLE_OF.values()} - {"summary_reader", "invited", "nobody"}


@dataclass(frozen=True)
class Secret:
    """Who may read it: roles, by name whoever wrote it or was written to, and more from a moment on."""

    roles: frozenset
    names: frozenset = frozenset()
    later: dict = field(default_factory=dict)

    def at(self, moment):
        """The roles that may read it by then."""
        by_then = MOMENTS[: MOMENTS.index(moment) + 1]
        return self.roles.union(*(roles for one, roles in self.later.items() if one in by_then))

    def may_know(self, name, moment):
        return name in self.names or ROLE_OF[name] in self.at(moment)

    def may_stand_in(self, readers, moment):
        return bool(readers) and readers <= self.at(moment)


def _secret(roles, *names, **later):
    return Secret(frozenset(roles), frozenset(names), later)


MOMENTS = ("scoping", "on_site", "afterwards")
MAY_KNOW = {
    # VOICE, the first scoping conversation: those who scope; everybody once it stands in the agreed proposal
    "qzero": _secret(SCOPING),
    "qneeds": _secret(SCOPING),
    "qwhy": _secret(SCOPING, on_site=IN_THE_CHALLENGE),
    "qarea": _secret(SCOPING, on_site=IN_THE_CHALLENGE, afterwards={"summary_reader"}),
    "qchanges": _secret(SCOPING),
    # The form says: the person and those who find the team; the council and the other peers do not
    "qconnection": _secret(COORDINATING | {"principal_adviser"}, "Nora"),
    "qexpertise": _secret(COORDINATING | {"principal_adviser"}, "Nora"),
    "qinvited": _secret(COORDINATING | {"principal_adviser"}, "Nora"),
    # DESIGN 1.2: what the team says among itself, until the named people release it
    "qnote": _secret(TEAM),
    "qunmarked": _secret(TEAM),
    "qdropped": _secret(TEAM),
    "qdraft": _secret(TEAM),
    "qreleased": _secret(TEAM, afterwards={"sponsor", "summary_reader"}),
    "qspoken": _secret(TEAM),
    "qreason": _secret({"lead_peer", "challenge_manager"}),
    "qcontext": _secret({"lead_peer", "challenge_manager", "sponsor"}),
    # Tasks of the team among itself
    "qteamtask": _secret(TEAM),
    "qtaskreason": _secret(VISITORS),
    # Questionnaires: nobody who was rated, nobody by name
    "qanswer": _secret(RESULTS, "Martin"),
    "qprivate": _secret({"programme_manager"}, "Martin"),
    "qunfinished": _secret(set(), "Dana"),
    "qinterview": _secret(RESULTS),
    "qmanager": _secret(RESULTS, "Ruth"),
}

_SCOPING = (
    ("Jo", "ready in exampleshire"),
    ("Helen", "scoping"),
    ("Helen", "start"),
    ("Helen", "Yes, qzero."),
    ("Helen", "The front door, qwhy."),
    ("Helen", "front door"),
    ("Helen", "Are qarea thresholds the same everywhere?"),
    ("Helen", "A list."),
    ("Helen", "A talk."),
    ("Helen", "Not in half-term."),
    ("Helen", "Nobody from qneeds, please."),
    ("Helen", "later"),
    ("Nora", "available"),
    ("Nora", "invitation details", {"connection": "My sister is qconnection", "director_approves": "yes"}),
)
_ON_SITE = (
    ("Priya", "proposal send"),
    ("Helen", "proposal changes", {"text": "Please add qchanges"}),
    ("Priya", "kloe add Are care leavers ready?"),
    ("Priya", "proposal send"),
    ("Helen", "proposal agree"),
    ("Ruth", 'task dana "read the qteamtask" by 12 nov'),
)
_MONDAY = (
    ("Dana", "note front door strength They say qnote"),
    ("Amir", "note front door exploring Perhaps qunmarked"),
    ("Martin", "note care leavers strength It was qdropped"),
    ("Martin", "note drop 3"),
    ("Dana", "note front door strength Staff say qreleased"),
    ("Ruth", "note unmark 2"),
    ("Dana", 'ask host "learning plan" by thu noon'),
    ("Ruth", "summary"),
)
_RELEASED = (
    ("Martin", "summary agree"),
    ("Ruth", "summary agree"),
    ("Helen", "summary context", {"text": "You should know qcontext"}),
)
_AFTERWARDS = (
    ("Priya", "issue final", {"way": "sent", "link": ""}),
    ("Jo", "questionnaire send peer_team"),
    ("Priya", "questionnaire send challenge_manager"),
    (
        "Martin",
        "questionnaire form",
        {"q_change": "Less qanswer", "q_private": "The qprivate", "send": "now"},
    ),
    ("Dana", "questionnaire form", {"q_change": "More qunfinished", "send": "later"}),
    ("Amir", "questionnaire form", {"q_team": "great", "send": "now"}),
    ("Lena", "questionnaire form", {"q_team": "great", "send": "now"}),
    ("Ruth", "questionnaire form", {"q_learning": "The qmanager", "send": "now"}),
)


def build(url, desk, keep):
    """Play a challenge in the furnished database at `url`; `keep` is called at each moment with its name."""
    house = House(url, desk)
    for name, role in ROLE_OF.items():
        if name not in {"Helen", "Ruth", "Jo", "Nora", "Tom", "Owen", "Gus"}:
            house.appoint(name, role)
    house.says("Tom", "help")
    house.says(GUEST, "help")
    _invite(house)
    _play(house, _SCOPING)
    keep(house, "scoping")
    _play(house, _ON_SITE)
    house.change(_bind_rooms)
    _go_to(house, datetime(2026, 11, 9, 12, tzinfo=UTC))
    _done(house, "Ruth", "summary also to", {"name": "Tom", "email": ""})
    _press(house, "Helen", "reader_asked")
    _play(house, _MONDAY)
    _edit(house, "Martin", "Staff say qreleased, perhaps qdraft")
    keep(house, "on_site")
    _edit(house, "Martin", "Staff say qreleased")
    _play(house, _RELEASED)
    _alone(house)
    _go_to(house, datetime(2026, 11, 25, 10, tzinfo=UTC))
    _task_not_needed(house)
    _go_to(house, datetime(2026, 12, 15, 12, tzinfo=UTC))
    _interview(house)
    _play(house, _AFTERWARDS)
    _go_to(house, datetime(2027, 1, 13, 10, tzinfo=UTC))
    keep(house, "afterwards")
    house.close()


def _bind_rooms(session):
    """The chat made the rooms that are wanted."""
    for room in session.scalars(select(Room).where(Room.state == "wanted")):
        room.state, room.bound_at, room.platform, room.tenant = "bound", BEGINS, CHAT, TENANT
        room.address = PLACES[room.kind]


def _invite(house):
    nora = account("Nora", email="nora@saltmarsh.example")
    _done(house, "Jo", "invite", fields={
        "name": "Nora", "role": "peer", "expertise": "qexpertise", "email": "nora@saltmarsh.example",
        "council": "Saltmarsh",
    })  # fmt: skip
    house.says(nora, "help")


def _play(house, lines):
    for who, text, *fields in lines:
        _done(house, who, text, fields=fields[0] if fields else None)


def _done(house, who, text, fields=None, **of):
    """Say something that has to come off; a form keeps what it holds but for the fields given."""
    if fields is not None:
        opened = house.says(who, text, can_open_form=True, **of).form
        if opened is not None:
            held = {one.name: one.value if one.value is not None else "" for one in opened.fields}
            fields = {**held, **fields}
            of = {**of, "hidden": opened.hidden}
    answer = house.says(who, text, fields=fields, **of)
    outcome, kept = house.outcome()
    assert outcome == "done", (who, text, outcome, kept, answer.card and answer.card.plain)
    return answer


def _press(house, who, template):
    """Press the first button of the newest card of a template."""
    row = house.ask(select(Outgoing).where(Outgoing.template == template).order_by(Outgoing.id))[-1]
    button = house.answer(row.template, row.facts, row.hidden).buttons[0]
    _done(house, who, button.phrase, hidden=button.hidden)


def _edit(house, who, strength):
    """Put other words in the place of the strengths in the draft."""
    form = house.says(who, "summary edit", can_open_form=True).form
    field = next(one.name for one in form.fields if one.name.endswith("_strength"))
    _done(house, who, "summary edit", {field: strength})


def _alone(house):
    """Tuesday: Martin cannot be reached, and Ruth says why."""
    _go_to(house, datetime(2026, 11, 10, 16, tzinfo=UTC))
    _play(
        house,
        (
            ("Dana", "note front door strength Another qspoken"),
            ("Ruth", "summary"),
            ("Ruth", "summary agree"),
        ),
    )
    _go_to(house, datetime(2026, 11, 10, 17, tzinfo=UTC))
    _edit(house, "Ruth", "They have a plan")
    _done(house, "Ruth", "summary agree")
    _go_to(house, datetime(2026, 11, 10, 17, 40, tzinfo=UTC))
    _done(house, "Ruth", "summary send", {"reason": "Martin is qreason"})


def _task_not_needed(house):
    _done(house, "Jo", "not needed", {"item": "23", "reason": "we walk, qtaskreason"})


def _interview(house):
    _done(house, "Priya", "questionnaire form", {"q_insight": "Thresholds are qinterview", "send": "now"})


def _go_to(house, moment):
    """Move the clock; everything due on the way is done. Nothing is delivered: it all stays in the outbox."""
    while True:
        due = house.change(lambda session: next_moment(session, house.clock.told))
        house.clock.told = max(house.clock.told, min(due or moment, moment))
        while house.change(lambda session: tick(session, house.desk, house.clock.told)):
            continue
        if due is None or due >= moment:
            house.clock.told = moment
            return


class Walk:
    """A house at one of its moments, in which things are said and then undone."""

    def __init__(self, url, desk, moment, told):
        self.house, self.moment = House(url, desk), moment
        self.house.clock.told = told
        self.house._said = 10_000
        self.desk = desk
        self.known = {}

    def tries(self, name, text, place="direct", **of):
        """What comes of saying something, as an Outcome; nothing of it stays, so it is tried once."""
        key = (name, text, place, repr(of))
        if key not in self.known:
            self.known[key] = self._tried(name, text, place, **of)
        return self.known[key]

    def _tried(self, name, text, place, **of):
        who = GUEST if name == "Gus" else name
        said = self.house.said(who, text, room=PLACES[place], **of)
        session = self.house.store._sessions()
        try:
            newest = session.scalar(select(Outgoing.id).order_by(Outgoing.id.desc()).limit(1)) or 0
            answer = dispatch(session, self.desk, said, self.house.clock.told)
            while look_at_challenges(session, self.desk, self.house.clock.told):
                continue
            session.flush()
            heard = session.get_one(Heard, said.id)
            queued = self.queued(session, newest) if heard.outcome == "done" else []
            return Outcome(answer, heard.outcome, heard.answer, queued)
        finally:
            session.rollback()
            session.close()

    def queued(self, session, after=0):
        """For whom each message in the outbox is (a name, or the roles of a room), and all it carries."""
        rows = session.scalars(
            select(Outgoing).where(Outgoing.id > after, Outgoing.template.is_not(None)).order_by(Outgoing.id)
        ).unique()
        return [(self._readers(session, row), repr(self._card(row)), row) for row in rows]

    def _card(self, row):
        return self.desk.words.card(row.template, row.facts, row.hidden)

    def _readers(self, session, row):
        if row.person is not None:
            return row.person.name
        challenge = session.get(Challenge, row.room.challenge_id) if row.room.challenge_id else None
        shape = self.desk.shapes.format(challenge.format) if challenge else self.desk.shapes.default
        return shape.audience(row.room.kind)


@dataclass(frozen=True)
class Outcome:
    answer: object
    outcome: str
    kept: dict
    queued: list


def moments(furnished, desk, folder):
    """The addresses of the three moments, with the time it is at each."""
    kept = {}

    def keep(house, moment):
        house.store.close()
        kept[moment] = (database.copied(house.url, folder), house.clock.told)

    build(database.copied(furnished, folder), desk, keep)
    return kept
