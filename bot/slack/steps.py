"""The forms that people have in hand: where each is to be answered, and what was filled in on earlier modals.

They lie in the store for about an hour, as the next modal may be sent in to another process. A form of one
modal says itself where it was asked for; it is kept only where Slack says how to answer it there.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from bot.hear import Ear
from bot.slack.draw_form import errors, views
from bot.slack.hearing import Act, sent_with
from bot.slack.rich import Drawn
from handlers.message import Facts, Form
from handlers.rules.screening import looks_like_a_child
from store.form_in_hand import LASTS, FormInHand, keep_form

MOST_EACH: Final = 5
"""Forms that one person has in hand; the one that was touched longest ago is forgotten first."""


class Forgotten(Exception):
    """The earlier steps of this form are not here any more."""


_BEFORE: Final = -1
"""Before the first page: what was known when the form was shown."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What was filled in on one modal, and who was picked."""

    fields: Mapping[str, Any]
    picked: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _InHand:
    """A form of somebody's: its modals where it has several, and what was answered on each so far."""

    user: str
    where: Facts
    url: str | None
    pages: tuple[Drawn, ...]
    answers: Mapping[int, Page]


class Steps:
    """The forms in hand."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear

    async def first(self, form: Form, act: Act) -> Drawn:
        """The first modal of the form that an act opens."""
        return await self._begun(act, views(form), 0, {})

    async def at_fault(self, form: Form, act: Act) -> Drawn:
        """The first modal with an error in it, with everything that was typed into any."""
        pages, wrong = views(form), errors(form).keys()
        page = next((number for number, one in enumerate(pages) if wrong & blocks(one)), 0)
        everything = Page(fields={one.name: one.value for one in form.fields})
        return await self._begun(act, pages, page, {_BEFORE: everything})

    async def next(self, act: Act) -> Drawn | None:
        """The modal after the one that was sent in; None when that was the last. Raises Forgotten.

        None, too, where something in it looks as if it identified a child: it is not kept but heard, and
        refused.
        """
        if act.modal is None or act.modal.page is None or any(map(looks_like_a_child, _texts(act))):
            return None
        kept, page = await self._kept(act), act.modal.page
        if page + 1 == len(kept.pages):
            return None
        answers = {**kept.answers, page: _page(act)}
        return await self._shown(str(act.modal.form), replace(kept, answers=answers), page + 1)

    async def answerable(self, act: Act) -> Act:
        """A form of one modal that was sent in, with where to answer it, as long as that is remembered."""
        if act.modal is None or act.modal.form is None or act.modal.page is not None:
            return act
        kept = await self._found(act)
        return replace(act, response_url=kept.url) if kept else act

    async def whole(self, act: Act) -> Act:
        """The act with the answers of all steps, and with where to answer it. Raises Forgotten."""
        if act.modal is None or act.modal.page is None:
            return act
        kept = await self._kept(act)
        earlier = [kept.answers[page] for page in sorted(kept.answers) if page < act.modal.page]
        pages = [*earlier, _page(act)]
        return replace(
            act,
            fields={name: value for page in pages for name, value in page.fields.items()},
            picked={name: user for page in pages for name, user in page.picked.items()},
            response_url=kept.url,
        )

    async def done(self, act: Act) -> None:
        """Forget a form that was answered."""
        if act.modal and act.modal.form:
            name = _name(act.modal.form)

            def unit(session: Session) -> None:
                row = session.get(FormInHand, name)
                if row:
                    session.delete(row)

            await self._ear.work_at_once(unit)

    async def _kept(self, act: Act) -> _InHand:
        kept = await self._found(act)
        if kept is None or not kept.pages:
            raise Forgotten
        return kept

    async def _found(self, act: Act) -> _InHand | None:
        """The form that was sent in, where it is kept, and theirs who sent it in."""
        name = _name(str(act.modal.form)) if act.modal else ""
        since = self._ear.clock.wall() - LASTS
        kept = await self._ear.work_at_once(lambda session: _read(session.get(FormInHand, name), since))
        return kept if kept and kept.user == act.user else None

    async def _begun(
        self, act: Act, pages: tuple[Drawn, ...], page: int, answers: Mapping[int, Page]
    ) -> Drawn:
        await self.done(act)
        found = {"channel": act.channel, "direct": act.direct, "thread": act.thread}
        where = {name: value for name, value in found.items() if value}
        several = pages if len(pages) > 1 else ()
        kept = _InHand(user=act.user, where=where, url=act.response_url, pages=several, answers=answers)
        return await self._shown(secrets.token_hex(8), kept, page, pages[page])

    async def _shown(self, token: str, kept: _InHand, number: int, page: Drawn | None = None) -> Drawn:
        """A modal of a form, which is remembered."""
        if kept.pages or kept.url:
            await self._keep(token, kept)
        step = {"page": number} if kept.pages else {}
        drawn = page or kept.pages[number]
        metadata = sent_with(drawn["private_metadata"], {**kept.where, "form": token, **step})
        return {**drawn, "private_metadata": metadata}

    async def _keep(self, token: str, kept: _InHand) -> None:
        now = self._ear.clock.wall()

        def unit(session: Session) -> None:
            row = FormInHand(
                name=_name(token),
                account=kept.user,
                place=dict(kept.where),
                url=kept.url,
                pages=list(kept.pages),
                answers=[[number, asdict(page)] for number, page in kept.answers.items()],
                touched_at=now,
            )
            keep_form(session, row, MOST_EACH, now - LASTS)

        await self._ear.work_at_once(unit)


def _read(row: FormInHand | None, since: datetime) -> _InHand | None:
    """What is kept of a form, unless nobody has touched it since then."""
    if row is None or row.touched_at < since:
        return None
    answers = {number: Page(**page) for number, page in row.answers}
    return _InHand(user=row.account, where=row.place, url=row.url, pages=tuple(row.pages), answers=answers)


def _name(token: str) -> str:
    """What a form is kept under. Its own number, which only its modal carries, is not to be read from it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _page(act: Act) -> Page:
    return Page(fields=act.fields or {}, picked=act.picked)


def _texts(act: Act) -> Iterator[str]:
    for value in (act.fields or {}).values():
        yield from value if isinstance(value, list) else (str(value or ""),)


def blocks(view: Drawn) -> frozenset[str]:
    """The ids of a modal's blocks."""
    return frozenset(block["block_id"] for block in view["blocks"] if "block_id" in block)
