"""Modals in front of people, one on top of the other, and their App Homes."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack.workspace import Json, Workspace

MOST = 3
"""Views that one modal may hold: the first, and two pushed on top."""


@dataclass(kw_only=True)
class View:
    """One view as its app made it. `shown` holds each state that was seen, with its number; `typed`, what
    was filled in when it was last sent in, which stays in inputs that are there still.
    """

    id: str
    user: str
    body: Json
    hash: str
    root: str
    previous: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    typed: Json = field(default_factory=dict)
    shown: list[tuple[int, Json]] = field(default_factory=list)
    closed: bool = False


def open_for(workspace: Workspace, user: str) -> list[View]:
    """The stack of views in front of somebody, the one on top last."""
    return [view for view in workspace.views.values() if view.user == user and not view.closed]


def put(workspace: Workspace, user: str, body: Json, *, on_top: bool) -> View:
    """Show a view: on top of what is there, or instead of it."""
    below = open_for(workspace, user)
    if not on_top:
        for view in below:
            view.closed = True
    made = workspace.id("V")
    previous = below[-1] if on_top and below else None
    view = View(
        id=made, user=user, body=body, hash=_hash(workspace), root=previous.root if previous else made,
        previous=previous.id if previous else None, shown=[(workspace.changed(), body)],
    )  # fmt: skip
    workspace.views[made] = view
    return view


def change(workspace: Workspace, view: View, body: Json) -> None:
    """Show something else in the place of a view; what was typed into inputs with the same ids stays."""
    view.body, view.hash, view.errors = body, _hash(workspace), {}
    view.shown.append((workspace.changed(), body))


def publish(workspace: Workspace, user: str, body: Json) -> View:
    """Put something on somebody's App Home."""
    found = workspace.homes.get(user)
    if found is None:
        made = workspace.id("V")
        found = View(id=made, user=user, body=body, hash="", root=made)
        workspace.homes[user] = found
    change(workspace, found, body)
    return found


def fail(workspace: Workspace, view: View, errors: dict[str, str]) -> None:
    """Show errors at the inputs of a view, which stays with everything typed."""
    view.errors = dict(errors)
    view.shown.append((workspace.changed(), view.body | {"errors": dict(errors)}))


def public(workspace: Workspace, view: View, state: Json | None = None) -> Json:
    """A view as methods and payloads show one."""
    defaults: Json = {
        "private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": False,
        "notify_on_close": False, "close": None, "submit": None,
    }  # fmt: skip
    return defaults | view.body | {
        "id": view.id, "team_id": workspace.team, "hash": view.hash, "root_view_id": view.root,
        "previous_view_id": view.previous, "app_id": "A0CRITICAL", "app_installed_team_id": workspace.team,
        "state": {"values": state or {}},
    }  # fmt: skip


def with_id(workspace: Workspace, found: Json) -> View | None:
    """The open view or home that a call means by view_id or external_id."""
    every: list[Any] = [view for view in workspace.views.values() if not view.closed]
    for view in [*every, *workspace.homes.values()]:
        if found.get("view_id") == view.id:
            return view
        if found.get("external_id") and found["external_id"] == view.body.get("external_id"):
            return view
    return None


def _hash(workspace: Workspace) -> str:
    return f"{int(workspace.clock())}.{secrets.token_hex(4)}"
