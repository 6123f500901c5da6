"""Texts as people type or paste them, and cards and forms full of them, for hypothesis."""

from hypothesis import settings
from hypothesis import strategies as st

from handlers.message import (
    Bullets,
    Button,
    Card,
    Choice,
    Divider,
    Field,
    Form,
    Heading,
    Paragraph,
    Quote,
    Run,
    Table,
)
from handlers.words import plain

TEXTS = (
    "",
    " ",
    "x" * 5000,
    "word " * 1000,
    "&" * 5000,
    "\n" * 3000,
    "line\n" * 1000,
    "👩‍👩‍👧‍👦" * 700,
    "é" * 5000,
    '"\\' * 2500,
    "**bold** _it_ `code` ~no~ [go](https://evil.example) # head\n- item\n> quote\n| a | b |",
    "<b>bold</b><img src=x onerror=alert(1)><a href='javascript:alert(1)'>go</a>",
    "</script><script>alert(1)</script></textarea></title>",
    '"><svg/onload=alert(1)>',
    "<!channel> <!here> <@U123> <#C123> <https://evil.example|go> &lt;!everyone&gt;",
    ":smile: :+1: @channel @here https://evil.example",
    "{{ 7*7 }} {% raw %} ${7*7} {{ ''.__class__ }}",
    "<at>Everyone</at> <at id='0'>Jo</at>",
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
    "\u202egnirts\u202c \u2067x",
    "a\x00b\x07c\x1b[31md\x7fe\x85f\u2028g\r\nh\ri\tj\ufffe",
    "Ünïcödé ✓ 🏴\U000e0067\U000e007f 🇬🇧 👍🏽",
)

quick = settings(max_examples=40, deadline=None)
"""For tests that draw whole cards; the very long texts have tests of their own."""

texts = st.sampled_from([text for text in TEXTS if len(text) < 200] + ["x" * 700, "line\n" * 20]) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=80
)
links = st.sampled_from([None, None, None, "https://help.example/x?a=1&b=2", "javascript:alert(1)"])
runs = st.lists(
    st.builds(Run, texts, strong=st.booleans(), emphasis=st.booleans(), code=st.booleans(), link=links),
    max_size=4,
).map(tuple)


def _tables(columns: int) -> st.SearchStrategy[Table]:
    row = st.tuples(*[runs] * columns)
    return st.builds(Table, st.just(()) | row, st.lists(row, min_size=1, max_size=4).map(tuple))


blocks = st.one_of(
    st.builds(Heading, runs, st.integers(1, 4)),
    st.builds(Paragraph, runs),
    st.builds(Bullets, st.lists(runs, min_size=1, max_size=5).map(tuple), st.booleans()),
    st.builds(Quote, runs),
    st.integers(1, 4).flatmap(_tables),
    st.just(Divider()),
)
_plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
hidden = st.dictionaries(st.sampled_from(["challenge", "version"]), st.integers() | _plain)
buttons = st.builds(
    Button,
    label=texts,
    phrase=_plain,
    hidden=hidden,
    main=st.booleans(),
    opens_form=st.booleans(),
)


def card(*some_blocks, buttons=()) -> Card:
    return Card(blocks=some_blocks, plain=plain(some_blocks), buttons=tuple(buttons))


cards = st.builds(
    lambda some, pressed: card(*some, buttons=pressed),
    st.lists(blocks, max_size=6),
    st.lists(buttons, max_size=8),
)


def choices(how_many: int) -> tuple[Choice, ...]:
    labels = [text for text in TEXTS if len(text) < 100]
    return tuple(
        Choice(value=f"v,{number}", label=labels[number % len(labels)]) for number in range(how_many)
    )


_values = st.none() | texts | st.integers() | st.sampled_from(["2026-11-11", "12"])
_answers = st.fixed_dictionaries(
    {
        "label": texts,
        "required": st.booleans(),
        "limit": st.sampled_from([80, 300, 3000, 5000]),
        "hint": texts,
        "error": st.none() | texts,
    }
)
_kinds = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["text", "long", "number", "date", "person"]), "value": _values}
    ),
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["choice", "choices"]),
            "choices": st.sampled_from([0, 1, 5, 11, 120]).map(choices),
            "value": st.none()
            | st.just("v,0")
            | st.lists(st.sampled_from(["v,0", "v,1", "gone"]), max_size=3),
        }
    ),
)


def _fields(shapes) -> tuple[Field, ...]:
    return tuple(Field(name=f"field_{n}", **base, **kind) for n, (base, kind) in enumerate(shapes))


forms = st.builds(
    Form,
    title=texts,
    phrase=st.just("kloe add"),
    fields=st.lists(st.tuples(_answers, _kinds), max_size=4).map(_fields),
    submit=texts,
    hidden=hidden,
    intro=st.lists(blocks, max_size=2).map(tuple),
)
