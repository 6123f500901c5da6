"""Forms that need several modals: the earlier answers are kept here until the last one is sent in.

They lie in this process alone. Whoever sends a step in after a restart is told so, and gets the form
again with what that step held.
"""

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.slack.draw_form import errors, views
from bot.slack.hearing import Act, sent_with
from bot.slack.rich import Drawn
from handlers.message import Facts, Form

MOST = 500
"""Forms in hand at once; the one that was touched longest ago is forgotten first."""


class Forgotten(Exception):
    """The earlier steps of this form are not here any more."""


@dataclass(frozen=True, kw_only=True)
class _Filled:
    """The modals of a form, which of them is open, and what was answered before it."""

    pages: tuple[Drawn, ...]
    where: Facts
    page: int = 0
    answers: Mapping[str, Any]


class Steps:
    """The forms of several modals that people have in hand."""

    def __init__(self) -> None:
        self._filled: OrderedDict[str, _Filled] = OrderedDict()

    def first(self, form: Form, where: Facts) -> Drawn:
        """The first modal of a form. `where` says where the form was asked for."""
        return self._show(_Filled(pages=views(form), where=where, answers={}))

    def at_fault(self, form: Form, where: Facts) -> Drawn:
        """The first modal with an error in it, with everything that was typed into any."""
        pages, wrong = views(form), errors(form).keys()
        page = next((number for number, one in enumerate(pages) if wrong & blocks(one)), 0)
        answers = {field.name: field.value for field in form.fields}
        return self._show(_Filled(pages=pages, where=where, page=page, answers=answers))

    def next(self, act: Act) -> Drawn | None:
        """The modal after the one that was sent in; None when that was the last. Raises Forgotten."""
        if act.modal is None or act.modal.step is None:
            return None
        filled = self._kept(act.modal.step)
        if filled.page + 1 == len(filled.pages):
            return None
        answers = {**filled.answers, **(act.fields or {})}
        return self._show(replace(filled, page=filled.page + 1, answers=answers))

    def whole(self, act: Act) -> Act:
        """The act with the answers of all steps. Raises Forgotten."""
        if act.modal is None or act.modal.step is None:
            return act
        return replace(act, fields={**self._kept(act.modal.step).answers, **(act.fields or {})})

    def _kept(self, token: str) -> _Filled:
        if token not in self._filled:
            raise Forgotten
        self._filled.move_to_end(token)
        return self._filled[token]

    def _show(self, filled: _Filled) -> Drawn:
        page = filled.pages[filled.page]
        if len(filled.pages) == 1:
            return {**page, "private_metadata": sent_with(page["private_metadata"], filled.where)}
        token = secrets.token_hex(8)
        self._filled[token] = filled
        while len(self._filled) > MOST:
            self._filled.popitem(last=False)
        where = {**filled.where, "step": token}
        return {**page, "private_metadata": sent_with(page["private_metadata"], where)}


def blocks(view: Drawn) -> frozenset[str]:
    """The ids of a modal's blocks."""
    return frozenset(block["block_id"] for block in view["blocks"] if "block_id" in block)
