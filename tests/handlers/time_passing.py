"""A house in which time passes: what is due falls due, and what can be sent is sent to a chat that takes it.

What was said is kept as (local time, to whom, template): a whole challenge goes by in a second or two.
"""

from datetime import date, time

from sqlalchemy import select

from handlers.call import Outcome
from handlers.claiming import claim
from handlers.jobs import next_moment
from handlers.recording import record
from handlers.rules.dates import at
from handlers.rules.local import local_text
from store.outbox import Outgoing
from tests.fakes.house import CHAT

ZONE = "Europe/London"
_STEPS = 2_000


class Passing:
    """Time passing in a house. While the bot is down, nothing falls due and nothing is sent."""

    def __init__(self, house):
        self.house = house
        self.said = []

    def to(self, day, clock="09:00", zone=ZONE):
        """Let everything happen that is due until a local time, each at its own moment."""
        moment = at(date.fromisoformat(str(day)), time.fromisoformat(clock), zone)
        self.rest()
        for _ in range(_STEPS):
            due = self.house.store.work(lambda session: next_moment(session, self.house.clock.now()))
            if due is None or due > moment:
                break
            self.house.clock.told = max(due, self.house.clock.told)
            self.rest()
        else:
            raise AssertionError("time does not get on")
        self.house.clock.told = max(moment, self.house.clock.told)
        self.rest()

    def down_until(self, day, clock="09:00", zone=ZONE):
        """The bot is down until a local time, and then started again."""
        self.house.clock.told = at(date.fromisoformat(str(day)), time.fromisoformat(clock), zone)
        self.rest()

    def rest(self):
        """Tick and send until neither has anything more to do."""
        for _ in range(_STEPS):
            self.house.tick()
            if not self._send():
                return

    def _send(self):
        house = self.house

        def unit(session):
            now, wall = house.clock.now(), house.clock.wall()
            calls = claim(session, house.desk, now, wall, {CHAT: 20})
            for call in calls:
                address = f"message-{call.row}" if call.op in {"post", "edit"} else None
                kind = {"look_up": "account", "find": "absent", "look": "seen"}.get(call.op, "done")
                if call.op in {"post", "edit"}:
                    self._keep(session.get_one(Outgoing, call.row), now)
                record(session, house.desk, Outcome(call=call, kind=kind, address=address), now, wall)
            return bool(calls)

        return house.store.work(unit)

    def _keep(self, row, now):
        to = row.person.name if row.person else row.room.kind
        self.said.append((local_text(now, ZONE), to, row.template))

    def since(self, moment, *, without=()):
        """What was said from a local moment on ("2026-11-10T15:00"), in order; living cards left out."""
        return [
            one
            for one in self.said
            if one[0] >= moment and not one[2].startswith("state_") and one[2] not in without
        ]

    def rows(self, **of):
        """The rows of the outbox with these values."""
        return self.house.ask(select(Outgoing).filter_by(**of))
