"""The forms that people have in hand: where each is to be answered, and what was filled in on earlier modals.

They lie in this process alone, for about an hour. Whoever sends a later modal in after a restart is told so,
and keeps what that modal held; a form of one modal says itself where it was asked for.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.slack.draw_form import errors, views
from bot.slack.hearing import Act, sent_with
from bot.slack.rich import Drawn
from handlers.message import Facts, Form

MOST_EACH = 5
"""Forms that one person has in hand; the one that was touched longest ago is forgotten first."""

LASTS = 3600
"""Seconds for which a form is remembered after it was touched last."""


class Forgotten(Exception):
    """The earlier steps of this form are not here any more."""


_BEFORE = -1
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
    touched: float


class Steps:
    """The forms in hand. `now` gives seconds, from whenever."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._in_hand: OrderedDict[str, _InHand] = OrderedDict()

    def first(self, form: Form, act: Act) -> Drawn:
        """The first modal of the form that an act opens."""
        return self._begun(act, views(form), 0, {})

    def at_fault(self, form: Form, act: Act) -> Drawn:
        """The first modal with an error in it, with everything that was typed into any."""
        pages, wrong = views(form), errors(form).keys()
        page = next((number for number, one in enumerate(pages) if wrong & blocks(one)), 0)
        everything = Page(fields={one.name: one.value for one in form.fields})
        return self._begun(act, pages, page, {_BEFORE: everything})

    def next(self, act: Act) -> Drawn | None:
        """The modal after the one that was sent in; None when that was the last. Raises Forgotten."""
        if act.modal is None or act.modal.page is None:
            return None
        kept, page = self._kept(act), act.modal.page
        if page + 1 == len(kept.pages):
            return None
        answers = {**kept.answers, page: _page(act)}
        return self._shown(str(act.modal.form), replace(kept, answers=answers), page + 1)

    def whole(self, act: Act) -> Act:
        """The act with the answers of all steps, and with where to answer it. Raises Forgotten."""
        if act.modal is None:
            return act
        if act.modal.page is None:
            kept = self._in_hand.get(act.modal.form or "")
            return replace(act, response_url=kept.url) if kept else act
        kept = self._kept(act)
        earlier = [kept.answers[page] for page in sorted(kept.answers) if page < act.modal.page]
        pages = [*earlier, _page(act)]
        return replace(
            act,
            fields={name: value for page in pages for name, value in page.fields.items()},
            picked={name: user for page in pages for name, user in page.picked.items()},
            response_url=kept.url,
        )

    def done(self, act: Act) -> None:
        """Forget a form that was answered."""
        if act.modal:
            self._in_hand.pop(act.modal.form or "", None)

    def __len__(self) -> int:
        return len(self._in_hand)

    def _kept(self, act: Act) -> _InHand:
        token = act.modal.form if act.modal else None
        kept = self._in_hand.get(token or "")
        if kept is None or kept.user != act.user or not kept.pages:
            raise Forgotten
        return kept

    def _begun(self, act: Act, pages: tuple[Drawn, ...], page: int, answers: Mapping[int, Page]) -> Drawn:
        self.done(act)
        found = {"channel": act.channel, "direct": act.direct, "thread": act.thread}
        where = {name: value for name, value in found.items() if value}
        several = pages if len(pages) > 1 else ()
        kept = _InHand(
            user=act.user, where=where, url=act.response_url, pages=several, answers=answers,
            touched=self._now(),
        )  # fmt: skip
        return self._shown(secrets.token_hex(8), kept, page, pages[page])

    def _shown(self, token: str, kept: _InHand, number: int, page: Drawn | None = None) -> Drawn:
        """A modal of a form, which is remembered."""
        self._in_hand[token] = replace(kept, touched=self._now())
        self._in_hand.move_to_end(token)
        self._forget(kept.user)
        step = {"page": number} if kept.pages else {}
        drawn = page or kept.pages[number]
        metadata = sent_with(drawn["private_metadata"], {**kept.where, "form": token, **step})
        return {**drawn, "private_metadata": metadata}

    def _forget(self, user: str) -> None:
        """Forget what is old, and what somebody has in hand beside a few others."""
        oldest = self._now() - LASTS
        own = [token for token, kept in self._in_hand.items() if kept.user == user]
        old = [token for token, kept in self._in_hand.items() if kept.touched < oldest]
        for token in {*own[:-MOST_EACH], *old}:
            del self._in_hand[token]


def _page(act: Act) -> Page:
    return Page(fields=act.fields or {}, picked=act.picked)


def blocks(view: Drawn) -> frozenset[str]:
    """The ids of a modal's blocks."""
    return frozenset(block["block_id"] for block in view["blocks"] if "block_id" in block)
