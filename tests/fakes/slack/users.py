"""People and bots: members, guests, strangers from other workspaces, and who was deactivated."""

from dataclasses import dataclass, replace

from tests.fakes.slack.workspace import Event, Json, Workspace

SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, kw_only=True)
class User:
    """`guest` is "", "multi" (several channels) or "single"; `team` is the user's own workspace."""

    id: str
    team: str
    name: str
    handle: str
    email: str | None = None
    guest: str = ""
    bot: str | None = None
    deleted: bool = False
    title: str = ""


def add(
    workspace: Workspace,
    name: str,
    *,
    email: str | None = None,
    guest: str = "",
    team: str | None = None,
    bot: str | None = None,
) -> User:
    """Somebody new. `team`: another workspace, whose people are strangers here."""
    handle = ".".join(name.casefold().split()) or "somebody"
    taken = {one.handle for one in workspace.users.values()}
    while handle in taken:
        handle += "2"
    user = User(
        id=workspace.id("U"), team=team or workspace.team, name=name, handle=handle,
        email=email, guest=guest, bot=bot,
    )  # fmt: skip
    workspace.users[user.id] = user
    workspace.changed()
    return user


def change(workspace: Workspace, user: User, **facts: object) -> User:
    """Change somebody (name, email, guest, deleted, title); the app hears user_change."""
    changed = replace(workspace.users[user.id], **facts)
    workspace.users[user.id] = changed
    workspace.changed()
    body = {"type": "user_change", "user": public(workspace, changed, email=False)}
    body |= {"cache_ts": int(workspace.clock()), "event_ts": workspace.ts()}
    workspace.tell(Event(subscription="user_change", body=body))
    return changed


def stranger(workspace: Workspace, user: User) -> bool:
    """Whether somebody belongs to another workspace."""
    return bool(user.team != workspace.team)


def public(workspace: Workspace, user: User, *, email: bool) -> Json:
    """A user as users.info shows one. `email`: the scope users:read.email is there."""
    profile = {
        "real_name": user.name, "display_name": user.name, "real_name_normalized": user.name,
        "display_name_normalized": user.name, "title": user.title, "team": user.team,
    }  # fmt: skip
    if email and user.email and not user.bot:
        profile["email"] = user.email
    if user.bot:
        profile |= {"bot_id": user.bot}
    found: Json = {
        "id": user.id, "team_id": user.team, "name": user.handle, "deleted": user.deleted,
        "profile": profile, "is_bot": bool(user.bot), "is_app_user": False,
        "updated": int(workspace.clock()),
    }  # fmt: skip
    if user.deleted:
        return found
    found |= {
        "real_name": user.name, "tz": "Europe/London", "tz_label": "Greenwich Mean Time", "tz_offset": 0,
        "is_admin": False, "is_owner": False, "is_primary_owner": False,
        "is_restricted": bool(user.guest), "is_ultra_restricted": user.guest == "single",
        "is_email_confirmed": True,
    }  # fmt: skip
    return found | ({"is_stranger": True} if stranger(workspace, user) else {})
