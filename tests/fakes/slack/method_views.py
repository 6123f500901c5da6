"""views.*: modals opened, changed and pushed; App Homes published."""

from tests.fakes.slack import blocks, views
from tests.fakes.slack.call import Call, Refuse
from tests.fakes.slack.triggers import Spent
from tests.fakes.slack.views import View
from tests.fakes.slack.workspace import Json


def open_view(call: Call) -> Json:
    """views.open"""
    return _show(call, on_top=False)


def push(call: Call) -> Json:
    """views.push: on top of the modal that is open"""
    return _show(call, on_top=True)


def _show(call: Call, *, on_top: bool) -> Json:
    body = blocks.check_view(call.json("view"), "modal")
    _check_external_id(call, body)
    try:
        trigger = call.triggers.exchange(call.args)
    except Spent as spent:
        raise Refuse(spent.error) from None
    below = views.open_for(call.workspace, trigger.user)
    if on_top and not below:
        raise Refuse("not_found")
    if on_top and len(below) >= views.MOST:
        raise Refuse("push_limit_reached")
    view = views.put(call.workspace, trigger.user, body, on_top=on_top)
    return {"view": views.public(call.workspace, view)}


def update(call: Call) -> Json:
    """views.update"""
    view = views.with_id(call.workspace, call.args)
    if view is None:
        raise Refuse("not_found")
    body = blocks.check_view(call.json("view"), view.body["type"])
    _check_external_id(call, body, but=view)
    _check_hash(call, view)
    views.change(call.workspace, view, body)
    return {"view": views.public(call.workspace, view)}


def publish(call: Call) -> Json:
    """views.publish"""
    if not call.app.home.get("home_tab_enabled"):
        raise Refuse("not_enabled")
    user = call.user("user_id")
    body = blocks.check_view(call.json("view"), "home")
    known = call.workspace.homes.get(user.id)
    if known:
        _check_hash(call, known)
    view = views.publish(call.workspace, user.id, body)
    return {"view": views.public(call.workspace, view)}


def _check_hash(call: Call, view: View) -> None:
    if call.text("hash") and call.text("hash") != view.hash:
        raise Refuse("hash_conflict")


def _check_external_id(call: Call, body: Json, but: View | None = None) -> None:
    wanted = body.get("external_id")
    if not wanted:
        return
    for view in [*call.workspace.views.values(), *call.workspace.homes.values()]:
        if view is not but and not view.closed and view.body.get("external_id") == wanted:
            raise Refuse("duplicate_external_id")
