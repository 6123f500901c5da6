"""Template and facts become a tree of words. A person's text never meets a parser.

A template is TOML between `+++` lines (its audience and buttons) and Markdown with Jinja values.
Each value is put in as a placeholder, the template's own text is parsed once, and the value then
enters the parsed tree as text: markup typed by a person stays what was typed, on every surface.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from jinja2 import StrictUndefined, TemplateError, pass_context
from jinja2 import Template as JinjaTemplate
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from handlers.message import (
    Block,
    Bullets,
    Button,
    Card,
    Divider,
    Facts,
    Heading,
    Paragraph,
    Quote,
    Run,
    Runs,
    Table,
)
from handlers.shapes_checks import AUDIENCES

_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACEHOLDER = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_FRONT = re.compile(r"\A\+\+\+\n(?P<front>.*?)^\+\+\+\n(?P<body>.*)\Z", re.DOTALL | re.MULTILINE)
_LONGEST = 60_000
_MENTION = "@Critical Friend"
_PRIVATE = "a private channel"
"""How the bot is addressed where nothing else is said of a chat."""
_BUTTON_KEYS = {"label", "phrase", "when", "each", "main", "under"}
_AUDIENCES = ("asker", "person", *AUDIENCES)


class TemplateWrong(Exception):
    """A message template cannot be used: `name` says which, `why` says what to mend."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"templates/messages/{name}.md.j2: {why}")
        self.name = name
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Template:
    """A sentence of the bot's: who may read it, its words, its buttons."""

    name: str
    audience: str
    body: str
    buttons: tuple[dict[str, Any], ...]


def _no_form(_phrase: str) -> bool:
    return False


class Words:
    """Every message template of some folders; a later folder's file wins over an earlier one's.

    `opens_form` says of a button's phrase whether pressing it opens a form.
    """

    def __init__(self, *folders: Path, opens_form: Callable[[str], bool] = _no_form) -> None:
        files = {path.name.removesuffix(".md.j2"): path for path in _template_files(folders)}
        self.templates = {name: _read(name, path) for name, path in files.items()}
        self._opens_form = opens_form
        self._jinja = _environment(_names(folders))
        self._compiled: dict[str, JinjaTemplate] = {}
        self._check(name for name, path in files.items() if path.parent.parent != folders[0])

    def _check(self, names: Iterable[str]) -> None:
        """Read what an operator wrote as Jinja at once; ours is tested. Raises TemplateWrong."""
        for template in (self.templates[name] for name in names):
            texts = [button[key] for button in template.buttons for key in ("label", "phrase")]
            for text in (template.body, *texts):
                self._compile(text, template.name)

    def _compile(self, text: str, name: str) -> JinjaTemplate:
        try:
            if text not in self._compiled:
                self._compiled[text] = self._jinja.from_string(text)
        except TemplateError as wrong:
            raise TemplateWrong(name, str(wrong)) from wrong
        return self._compiled[text]

    def audience(self, template: str) -> str:
        """The name of the audience that a template declares."""
        return self._template(template).audience

    def card(self, template: str, facts: Facts, hidden: Facts | None = None) -> Card:
        """Render a template with its facts. Raises TemplateWrong where a fact is missing."""
        found = self._template(template)
        blocks = self.blocks(found.body, facts, name=template)
        buttons = tuple(self._buttons(found, facts, hidden or {}))
        return Card(blocks=blocks, plain=plain(blocks), buttons=buttons)

    def blocks(self, body: str, facts: Facts, *, name: str = "text") -> tuple[Block, ...]:
        """Render a piece of Markdown with Jinja values in it."""
        written, values = self._written(body, facts, name)
        return tuple(_blocks(_parsed(written).children, values))

    def line(self, body: str, facts: Facts, *, name: str = "text") -> str:
        """Render one line of plain text, such as a button's label."""
        written, values = self._written(body, facts, name)
        return _filled(written, values)

    def _written(self, body: str, facts: Facts, name: str) -> tuple[str, list[str]]:
        """The template's own text with placeholders in it, and the values they stand for."""
        values: list[str] = []
        found = self._compile(body, name)
        try:
            written = found.render(**facts, _values=values)
        except Exception as wrong:
            raise TemplateWrong(name, str(wrong)) from wrong
        if len(written) + sum(map(len, values)) > _LONGEST:
            raise TemplateWrong(name, f"longer than {_LONGEST} characters")
        return written, values

    def _template(self, name: str) -> Template:
        if name not in self.templates:
            raise TemplateWrong(name, "there is no such file")
        return self.templates[name]

    def _buttons(self, template: Template, facts: Facts, hidden: Facts) -> Iterator[Button]:
        for shape in template.buttons:
            for known in _button_facts(shape, facts):
                phrase = self.line(shape["phrase"], known, name=template.name)
                yield Button(
                    label=self.line(shape["label"], known, name=template.name),
                    phrase=phrase,
                    hidden={**hidden, **known.get("hidden", {})},
                    main=shape.get("main", False),
                    opens_form=self._opens_form(phrase),
                    under=self.line(shape.get("under", ""), known, name=template.name),
                )


def _button_facts(shape: dict[str, Any], facts: Facts) -> Iterator[dict[str, Any]]:
    items: Iterable[Any] = facts.get(shape["each"], ()) if "each" in shape else ({},)
    for item in items:
        known = {**facts, **item}
        if "when" not in shape or known.get(shape["when"]):
            yield known


def _template_files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((folder / "messages").glob("*.md.j2"))


def _read(name: str, path: Path) -> Template:
    found = _FRONT.match(path.read_text(encoding="utf-8"))
    if not found:
        raise TemplateWrong(name, "it must begin with +++, its audience, and +++")
    try:
        front = tomllib.loads(found["front"])
    except tomllib.TOMLDecodeError as wrong:
        raise TemplateWrong(name, str(wrong)) from wrong
    unknown = set(front) - {"audience", "buttons"}
    unknown |= {key for button in front.get("buttons", ()) for key in set(button) - _BUTTON_KEYS}
    if unknown or "audience" not in front:
        raise TemplateWrong(name, f"allowed are audience and buttons ({sorted(_BUTTON_KEYS)})")
    if front["audience"] not in _AUDIENCES:
        raise TemplateWrong(name, f"{front['audience']} is no audience; there are {', '.join(_AUDIENCES)}")
    if not all({"label", "phrase"} <= set(button) for button in front.get("buttons", ())):
        raise TemplateWrong(name, "a button needs a label and a phrase")
    return Template(
        name=name, audience=front["audience"], body=found["body"], buttons=tuple(front.get("buttons", ()))
    )


# Values


@dataclass(frozen=True, kw_only=True)
class _Names:
    """How things are called, how people address the bot in each chat, and where they are by themselves."""

    called: Mapping[str, str]
    prefixes: Mapping[str, str]
    private_places: Mapping[str, str]

    def named(self, name: str) -> str:
        """A role, room, stage, chat, … as people call it."""
        return self.called.get(name, name.replace("_", " "))

    def prefix(self, chat: str) -> str:
        """What people type before a command in a channel of a chat."""
        return self.prefixes.get(chat, _MENTION)

    def private_place(self, chat: str) -> str:
        """What becomes a room in a chat, as only those who were let in read there."""
        return self.private_places.get(chat, _PRIVATE)


def _names(folders: Iterable[Path]) -> _Names:
    """What `names.toml` says, a later folder's winning name by name."""
    called: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    private_places: dict[str, str] = {}
    for folder in folders:
        path = folder / "names.toml"
        groups = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        prefixes.update(groups.pop("prefixes", {}))
        private_places.update(groups.pop("private_places", {}))
        for group in groups.values():
            called.update(group)
    return _Names(called=called, prefixes=prefixes, private_places=private_places)


def _environment(names: _Names) -> ImmutableSandboxedEnvironment:
    jinja = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=_hold, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    jinja.filters.clear()
    jinja.filters.update(
        day=_day, date=date_words,
        days=days_words, time=time_words, count=counted, join=_join, length=len, first=_first,
        named=names.named, prefix=names.prefix, private_place=names.private_place,
    )  # fmt: skip
    jinja.globals.clear()
    return jinja


@pass_context
def _hold(context: Context, value: Any) -> str:
    """Keep a value aside and leave its placeholder; StrictUndefined still complains here."""
    text = str(value)
    values: list[str] = context["_values"]
    values.append(text)
    return f"{_OPEN}{len(values) - 1}{_CLOSE}"


def _join(items: Iterable[Any], between: str = ", ", last: str | None = None) -> str:
    texts = [str(item) for item in items]
    if last is None or len(texts) < 2:
        return between.join(texts)
    return between.join(texts[:-1]) + last + texts[-1]


def _first(items: Any) -> Any:
    return next(iter(items))


def day_words(value: str) -> str:
    """An ISO date or moment as "Wednesday 11 November"."""
    day = date.fromisoformat(value[:10])
    return f"{day:%A} {day.day} {day:%B}"


@pass_context
def _day(context: Context, value: str) -> str:
    """The same, with its year where that is not the fact `this_year`."""
    this_year = str(context.get("this_year", value[:4]))
    return day_words(value) if value[:4] == this_year else f"{day_words(value)} {value[:4]}"


def date_words(value: str) -> str:
    """An ISO date or moment as "11 November 2026"."""
    day = date.fromisoformat(value[:10])
    return f"{day.day} {day:%B} {day.year}"


def days_words(first: str, last: str) -> str:
    """Two ISO dates as "10 to 13 November 2026"; the same day twice is that day."""
    begins, ends = date.fromisoformat(first[:10]), date.fromisoformat(last[:10])
    if begins == ends:
        return date_words(last)
    if (begins.year, begins.month) == (ends.year, ends.month):
        return f"{begins.day} to {date_words(last)}"
    if begins.year == ends.year:
        return f"{begins.day} {begins:%B} to {date_words(last)}"
    return f"{date_words(first)} to {date_words(last)}"


def time_words(value: str) -> str:
    """A local ISO moment or "17:45" as "5.45pm"; twelve o'clock is "noon"."""
    clock = value[11:16] if "T" in value else value
    hour, minute = (int(part) for part in clock.split(":")[:2])
    if (hour, minute) == (12, 0):
        return "noon"
    half = "am" if hour < 12 else "pm"
    return f"{(hour - 1) % 12 + 1}{f'.{minute:02}' if minute else ''}{half}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 peer", "3 peers"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


# From Markdown to the tree


class _Markdown(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        """Leave an address as it is written: percent signs would break a placeholder in it."""
        return url


_MARKDOWN = _Markdown("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=4096)
def _parsed(written: str) -> SyntaxTreeNode:
    """The tree of a template's own text, of which there are as many as it has ways to go."""
    return SyntaxTreeNode(_MARKDOWN.parse(written))


def _blocks(nodes: Iterable[SyntaxTreeNode], values: list[str]) -> Iterator[Block]:
    for node in nodes:
        match node.type:
            case "heading":
                yield Heading(_runs(node, values), level=int(node.tag[1]))
            case "paragraph":
                yield Paragraph(_runs(node, values))
            case "bullet_list" | "ordered_list":
                items = tuple(_runs(item, values) for item in node.children)
                yield Bullets(items, ordered=node.type == "ordered_list")
            case "blockquote":
                yield Quote(_runs(node, values))
            case "hr":
                yield Divider()
            case "table":
                yield _table(node, values)
            case _:
                yield Paragraph((Run(_filled(node.content, values)),))


def _table(node: SyntaxTreeNode, values: list[str]) -> Table:
    rows = [
        tuple(_runs(cell, values) for cell in row.children) for part in node.children for row in part.children
    ]
    return Table(head=rows[0], rows=tuple(rows[1:]))


class _Style(NamedTuple):
    """How letters look, as a `Run` says it. A tuple is made in no time: every card has many."""

    strong: bool = False
    emphasis: bool = False
    code: bool = False
    link: str | None = None


_PLAIN = _Style()
_Letters: TypeAlias = tuple[str, _Style]


def _runs(node: SyntaxTreeNode, values: list[str]) -> Runs:
    """The letters below a node; the paragraphs within it are kept apart by a new line."""
    found: list[_Letters] = []
    for child in node.children:
        if child.type in {"paragraph", "inline", "bullet_list", "ordered_list"} and found:
            found.append(("\n", _PLAIN))
        found.extend(_inline(child, values, _PLAIN))
    return tuple(Run(text, **style._asdict()) for text, style in _joined(found))


def _inline(node: SyntaxTreeNode, values: list[str], style: _Style) -> Iterator[_Letters]:
    match node.type:
        case "softbreak" | "hardbreak":
            yield "\n", style
        case "code_inline":
            yield _filled(node.content, values), style._replace(code=True)
        case "strong":
            style = style._replace(strong=True)
        case "em":
            style = style._replace(emphasis=True)
        case "link":
            style = style._replace(link=_filled(str(node.attrs["href"]), values))
        case "text":
            yield _filled(node.content, values), style
    for child in node.children:
        yield from _inline(child, values, style)


def _joined(letters: Iterable[_Letters]) -> list[_Letters]:
    """Neighbours in the same style are put together, and empty ones vanish."""
    joined: list[_Letters] = []
    for text, style in letters:
        if text and joined and joined[-1][1] == style:
            joined[-1] = joined[-1][0] + text, style
        elif text:
            joined.append((text, style))
    return joined


def _filled(text: str, values: list[str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values[int(found[1])], text)


# The tree as plain text


def plain(blocks: Iterable[Block]) -> str:
    """The tree as plain text: for notifications, e-mail and reading aloud."""
    return "\n\n".join(text for text in map(_plain_block, blocks) if text)


def _plain_block(block: Block) -> str:
    match block:
        case Bullets(items, ordered):
            marks = [f"{number}. " if ordered else "- " for number in range(1, len(items) + 1)]
            return "\n".join(mark + letters(item) for mark, item in zip(marks, items, strict=True))
        case Table(head, rows):
            return "\n".join("; ".join(map(letters, row)) for row in (head, *rows))
        case Divider():
            return ""
        case _:
            return letters(block.runs)


def letters(runs: Runs) -> str:
    """The letters of some runs, without their style."""
    return "".join(run.text for run in runs)
