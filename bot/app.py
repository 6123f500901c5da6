"""The only wiring: store, words, clock, ear, postman and the surfaces become one house."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from functools import partial, wraps

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.hear import Ear
from bot.metrics import TICK_SECONDS
from bot.outage import TROUBLE, mistake
from bot.platform import Platform
from bot.postman import Postman
from bot.settings import Settings
from bot.surface import CannotServe
from handlers import forms_wanted
from handlers.command import Contents
from handlers.commands import COMMANDS
from handlers.delivering import UNHEARD_AFTER, sweep
from handlers.desk import Desk, Kept
from handlers.findings import audit
from handlers.happenings import HAPPENINGS
from handlers.jobs import tick
from handlers.purging import At, leave, purge
from handlers.shapes import Shapes
from handlers.words import Words
from store.form_in_hand import LASTS, forget_forms
from store.session import Store

EVERY_SECONDS = 15
AUDIT_SECONDS = 5 * 60
PURGE_AT = {"hour": 3, "minute": 17}
"""In the night, and once soon after a start: a machine may be off every night."""
PURGE_AFTER = timedelta(minutes=10)
PURGE_TRIES, PURGE_PAUSE = 3, 60.0
"""A batch that the database does not let through is tried so often, after so many seconds each; then left."""
BURST_SECONDS, BURSTS = 0.3, 6
"""What follows from changes is worked out when none came for so long, or after so many times that."""
PATIENCE_SECONDS = 1


def desk(settings: Settings, trusted: frozenset[tuple[str, str]]) -> Desk:
    """Everything the handlers have at hand, read from the templates once.

    Raises TemplateWrong and ShapeWrong for what an operator's file lacks, CannotServe where their folder is
    not there.
    """
    if settings.templates and not settings.templates.is_dir():
        raise CannotServe(
            f"CRITICAL_FRIEND_TEMPLATES: there is no folder {settings.templates}. "
            "Name the folder of your own messages, forms and formats, or take the setting out."
        )
    contents, shapes = Contents(COMMANDS), Shapes.load(*settings.template_folders)
    forms_wanted.check(contents.commands, shapes)
    return Desk(
        contents=contents,
        happenings=HAPPENINGS,
        words=Words(*settings.template_folders, opens_form=contents.opens_form),
        shapes=shapes,
        trusted=trusted,
        kept=Kept(answers=timedelta(days=settings.keep_answers), words=timedelta(days=settings.keep_words)),
    )


@dataclass(frozen=True, kw_only=True)
class Bot:
    """The bot without its surfaces: it hears, delivers, and does what is due."""

    ear: Ear
    postman: Postman

    async def tick(self) -> None:
        """Do everything that is due now, in small batches, so that a command never waits long.

        What falls due meanwhile is the next tick's: while commands keep coming, this one would never end.
        """
        now = self.ear.clock.now()
        with TICK_SECONDS.labels("due").time():
            while await self.ear.work(lambda session: tick(session, self.ear.desk, now)):
                continue
        with TICK_SECONDS.labels("answers").time():
            await self.ear.work(self._sweep)
        self.ear.woken.set()

    async def follow(self, look: Callable[[], Awaitable[None]]) -> None:
        """Have challenges looked at for ever, soon after something changed; a burst of changes at once."""
        while True:
            await self._calm()
            try:
                await look()
            except Exception as trouble:
                mistake("following_broke", trouble)
                self.ear.stirred.set()
                await asyncio.sleep(PATIENCE_SECONDS)

    async def _calm(self) -> None:
        """Wait for a change, and until no more follow it, though not for long."""
        stirred = self.ear.stirred
        await stirred.wait()
        for _ in range(BURSTS):
            stirred.clear()
            await asyncio.sleep(BURST_SECONDS)
            if not stirred.is_set():
                return
        stirred.clear()

    def _sweep(self, session: Session) -> None:
        sweep(session, self.ear.desk, self.ear.clock.now() - UNHEARD_AFTER)
        forget_forms(session, self.ear.clock.wall() - LASTS)

    async def audit(self) -> None:
        """Look for steps that should have happened and did not, and tell what stays undone."""
        with TICK_SECONDS.labels("audit").time():
            await self.ear.work(self._audit)
        self.ear.woken.set()

    def _audit(self, session: Session) -> None:
        audit(session, self.ear.desk, self.ear.clock.now(), self.ear.clock.wall())

    async def purge(self) -> None:
        """Forget what has had its time, in small batches, so that nobody waits for it."""
        at: At | None = At()
        while at is not None:
            at = await self._forgotten(at)

    async def _forgotten(self, at: At) -> At | None:
        """Forget one batch. What cannot be is left until tomorrow and told, once that can be written down."""
        tries = 0
        while True:
            unit = purge if tries < PURGE_TRIES else leave
            try:
                return await self.ear.work(partial(self._purge, unit=unit, at=at))
            except Exception as trouble:
                mistake("forgetting_broke", trouble, step=at.step)
            tries += 1
            await asyncio.sleep(PURGE_PAUSE)

    def _purge(self, session: Session, unit: Callable[..., At | None], at: At) -> At | None:
        return unit(session, self.ear.desk, self.ear.clock.now(), at)

    def scheduler(self) -> AsyncIOScheduler:
        """The wake-up clock. Its jobs are in memory only: the truth about what is due lies in tables."""
        wakes = AsyncIOScheduler(timezone=UTC)
        for job, seconds in ((self.tick, EVERY_SECONDS), (self.audit, AUDIT_SECONDS)):
            wakes.add_job(
                _unless_away(job),
                "interval",
                seconds=seconds,
                id=job.__name__,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        first = self.ear.clock.wall() + PURGE_AFTER
        wakes.add_job(
            self.purge,
            "cron",
            **PURGE_AT,
            next_run_time=first,
            id="purge",
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,  # else a machine that was busy for a second leaves the night out
        )
        return wakes


def _unless_away(job: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """A job that leaves its work to the next time where the database is in trouble: the ear has told."""

    @wraps(job)
    async def done() -> None:
        with contextlib.suppress(*TROUBLE):
            await job()

    return done


def build(store: Store, at_hand: Desk, clock: Clock, platforms: Mapping[str, Platform]) -> Bot:
    """Put a bot together. Call from within the event loop that will run it."""
    whispering = frozenset(name for name, platform in platforms.items() if platform.whispers)
    ear = Ear(store, replace(at_hand, whispering=whispering), clock)
    return Bot(ear=ear, postman=Postman(ear, platforms))
