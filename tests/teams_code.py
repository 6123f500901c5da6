"""What bot/teams really uses: read from its source, beside what Microsoft's own SDK knows."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from botbuilder.core import ActivityHandler
from botbuilder.core.teams import TeamsActivityHandler

import bot.teams
from bot.teams.transport import TeamsTransport

FOLDER = Path(bot.teams.__file__).parent

_INVOKE = re.compile(r"\"([a-zA-Z]+/[a-zA-Z/]+)\"")


def transport_called() -> set[str]:
    """What is asked of the transport."""
    return {
        node.func.attr
        for source in _sources()
        for node in ast.walk(source)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in vars(TeamsTransport) and _is_transport(node.func.value)
    }


def invokes_heard() -> set[str]:
    """The invokes that the code names, of all that Teams has."""
    handlers = (ActivityHandler, TeamsActivityHandler)
    known = {name for handler in handlers for name in _INVOKE.findall(inspect.getsource(handler))}
    assert {"adaptiveCard/action", "task/fetch", "composeExtension/query"} <= known
    return {
        node.value
        for source in _sources()
        for node in ast.walk(source)
        if isinstance(node, ast.Constant) and node.value in known
    }


def _sources() -> Iterator[ast.Module]:
    """Every module of bot/teams but the manifest itself."""
    for path in sorted(FOLDER.glob("*.py")):
        if path.name != "manifest.py":
            yield ast.parse(path.read_text(encoding="utf-8"), path.name)


def _is_transport(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name.lstrip("_") == "transport"
