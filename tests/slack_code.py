"""What bot/slack really uses: read from its source, beside the source of Slack's own SDK."""

import ast
import functools
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from slack_sdk.web.async_client import AsyncWebClient

import bot.slack

Node = TypeVar("Node", bound=ast.AST)

FOLDER = Path(bot.slack.__file__).parent


def sources() -> Iterator[ast.Module]:
    """Every module of bot/slack but the manifest itself."""
    for path in sorted(FOLDER.glob("*.py")):
        if path.name != "manifest.py":
            yield ast.parse(path.read_text(encoding="utf-8"), path.name)


def methods_called() -> set[str]:
    """The Web API methods that the code names; the doctor calls the SDK's functions instead."""
    known = set().union(*_of_the_sdk().values())
    called: set[str] = set()
    for source in sources():
        called |= {node.value for node in _nodes(source, ast.Constant) if node.value in known}
    doctor = ast.parse((FOLDER / "doctor.py").read_text(encoding="utf-8"))
    return called.union(*(_of_the_sdk().get(node.attr, ()) for node in _nodes(doctor, ast.Attribute)))


def _nodes(source: ast.Module, kind: type[Node]) -> Iterator[Node]:
    return (node for node in ast.walk(source) if isinstance(node, kind))


@functools.cache
def _of_the_sdk() -> dict[str, frozenset[str]]:
    """The SDK's functions and the methods that each calls."""
    [client] = ast.parse(inspect.getsource(AsyncWebClient)).body
    functions = {node.name: node for node in client.body if isinstance(node, ast.AsyncFunctionDef)}
    return {name: frozenset(_calls(node, functions)) for name, node in functions.items()}


def _calls(function: ast.AsyncFunctionDef, functions: dict[str, ast.AsyncFunctionDef]) -> Iterator[str]:
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr == "api_call" and isinstance(node.args[0], ast.Constant):
            yield node.args[0].value
        elif node.func.attr in functions and node.func.attr != function.name:
            yield from _calls(functions[node.func.attr], functions)
