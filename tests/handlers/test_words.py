"""Template and facts become a tree of words; what a person typed is never read as anything but text."""

import tomllib
from pathlib import Path

import pytest

from bot.settings import OWN_TEMPLATES
from handlers.message import Bullets, Button, Divider, Heading, Paragraph, Quote, Run, Table
from handlers.words import TemplateWrong, Words, plain
from tests.hostile import TEXTS

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture
def words(tmp_path):
    """A function that writes a template and renders it."""
    folder = tmp_path / "messages"
    folder.mkdir()

    def render(body, facts=None, front="", hidden=None, opens_form=lambda _phrase: False, **more):
        (folder / "one.md.j2").write_text(f'+++\naudience = "asker"\n{front}+++\n{body}', encoding="utf-8")
        return Words(tmp_path, opens_form=opens_form, **more).card("one", facts or {}, hidden)

    return render


def _text(card):
    [block] = card.blocks
    return block.runs


# A person's text


@pytest.mark.parametrize("text", [text for text in TEXTS if text], ids=range(len([t for t in TEXTS if t])))
def test_typed_text_stays_what_was_typed(words, text):
    assert _text(words("{{ text }}", {"text": text})) == (Run(text),)
    assert _text(words("*{{ text }}* and `{{ text }}`", {"text": text})) == (
        Run(text, emphasis=True), Run(" and "), Run(text, code=True)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        ("# {{ text }}", (Heading((Run("# no\n- no"),), level=1),)),
        ("- {{ text }}\n- two", (Bullets(((Run("# no\n- no"),), (Run("two"),))),)),
        ("> {{ text }}", (Quote((Run("# no\n- no"),)),)),
        ("|a|b|\n|-|-|\n|{{ text }}|c|",
         (Table(head=((Run("a"),), (Run("b"),)), rows=(((Run("# no\n- no"),), (Run("c"),)),)),)),
    ],
    ids=["heading", "list", "quote", "table"],
)  # fmt: skip
def test_typed_text_stays_in_the_block_where_the_template_put_it(words, body, blocks):
    assert words(body, {"text": "# no\n- no"}).blocks == blocks


def test_typed_text_that_looks_like_a_place_for_another_value_is_text(words):
    facts = {"one": "\ue0001\ue001", "two": "secret"}

    assert _text(words("{{ one }} {{ two }}", facts)) == (Run("\ue0001\ue001 secret"),)


def test_typed_template_is_not_rendered(words):
    assert words("{{ text }}", {"text": "{{ 7*7 }}{% if %}"}).plain == "{{ 7*7 }}{% if %}"


def test_joined_names_are_text_too(words):
    names = ["**Helen**", "<b>Ruth</b>", "Jo"]

    assert words("{{ names|join(', ', ' and ') }}", {"names": names}).plain == "**Helen**, <b>Ruth</b> and Jo"


def test_address_in_a_link_is_the_templates_and_its_words_may_be_typed(words):
    card = words("[{{ text }}](https://help.example/?q={{ q }})", {"text": "[a](b)", "q": "x y%20"})

    assert _text(card) == (Run("[a](b)", link="https://help.example/?q=x y%20"),)


def test_html_of_a_template_is_text(words):
    assert words("<b>{{ text }}</b>", {"text": "<i>"}).plain == "<b><i></b>"


# The tree


def test_template_becomes_a_tree_of_words(words):
    card = words("## Day {{ n }}\n\n**Helen** said:\n\n> Yes\n\n---\n\n1. one\n2. two\n", {"n": 2})

    assert card.blocks == (
        Heading((Run("Day 2"),), level=2),
        Paragraph((Run("Helen", strong=True), Run(" said:"))),
        Quote((Run("Yes"),)),
        Divider(),
        Bullets(((Run("one"),), (Run("two"),)), ordered=True),
    )


def test_tree_as_plain_text_reads_aloud(words):
    card = words("## Day {{ n }}\n\n- one\n- two\n\n1. first\n\n|a|b|\n|-|-|\n|1|2|\n\n---\n", {"n": 2})

    assert card.plain == plain(card.blocks) == "Day 2\n\n- one\n- two\n\n1. first\n\na; b\n1; 2"


def test_lines_of_one_paragraph_stay_lines(words):
    assert words("one\ntwo  \nthree").plain == "one\ntwo\nthree"


# Filters


@pytest.mark.parametrize(
    ("expression", "value", "written"),
    [
        ("v|day", "2026-11-11", "Wednesday 11 November"),
        ("v|day", "2026-11-11T17:45:00+00:00", "Wednesday 11 November"),
        ("v|date", "2026-11-01", "1 November 2026"),
        ("v|time", "2026-11-11T17:45", "5.45pm"),
        ("v|time", "00:30", "12.30am"),
        ("v|time", "12:00", "noon"),
        ("v|time", "12:30", "12.30pm"),
        ("v|time", "09:05", "9.05am"),
        ("v|time", "16:00:00", "4pm"),
        ("v|count('peer')", 1, "1 peer"),
        ("v|count('peer')", 3, "3 peers"),
        ("v|count('key line of enquiry', 'key lines of enquiry')", 0, "0 key lines of enquiry"),
        ("v|join(', ', ' and ')", ["Helen"], "Helen"),
        ("v|join('; ')", ["Helen", "Ruth", "Jo"], "Helen; Ruth; Jo"),
        ("v|first", ["Helen", "Ruth"], "Helen"),
        ("v|length", ["Helen", "Ruth"], "2"),
        ("v|named", "lead_peer", "lead peer"),
        ("v|named", "no_such_name", "no such name"),
        ("v|prefix", "no_such_chat", "@Critical Friend"),
    ],
)
def test_filter_writes_a_value_for_people(words, expression, value, written):
    assert words(f"{{{{ {expression} }}}}", {"v": value}).plain == written


def test_names_of_a_later_folder_win_one_by_one(tmp_path):
    for folder, names in (
        ("own", "[a]\npeer = 'peer'\nlead = 'lead'\n"),
        ("theirs", "[b]\npeer = 'friend'\n"),
    ):
        (tmp_path / folder / "messages").mkdir(parents=True)
        (tmp_path / folder / "names.toml").write_text(names)
    (tmp_path / "own" / "messages" / "one.md.j2").write_text(
        '+++\naudience = "asker"\n+++\n{{ "peer"|named }} {{ "lead"|named }}'
    )
    words = Words(tmp_path / "own", tmp_path / "theirs")

    assert words.card("one", {}).plain == "friend lead"


def test_own_templates_say_how_the_bot_is_addressed_in_each_chat():
    words = Words(OWN_TEMPLATES)

    assert [words.line("{{ v|named }}: {{ v|prefix }}", {"v": chat}) for chat in ("slack", "teams")] == [
        "Slack: /challenge",
        "Teams: @Critical Friend",
    ]


def test_template_of_a_later_folder_wins(tmp_path):
    for folder, audience in (("own", "asker"), ("theirs", "person")):
        (tmp_path / folder / "messages").mkdir(parents=True)
        (tmp_path / folder / "messages" / "one.md.j2").write_text(
            f'+++\naudience = "{audience}"\n+++\n{folder}'
        )
    words = Words(tmp_path / "own", tmp_path / "theirs")

    assert (words.card("one", {}).plain, words.audience("one")) == ("theirs", "person")


# Buttons


def test_button_says_its_phrase_with_what_the_card_carries(words):
    front = '[[buttons]]\nlabel = "Agree, {{ name }}"\nphrase = "summary agree {{ day }}"\nmain = true\n'
    card = words("x", {"name": "**Ruth**", "day": "2026-11-11"}, front, hidden={"challenge": 7})

    assert card.buttons == (
        Button(
            label="Agree, **Ruth**", phrase="summary agree 2026-11-11", hidden={"challenge": 7}, main=True
        ),
    )


@pytest.mark.parametrize(("can", "labels"), [(True, ["Agree"]), (False, []), (None, [])])
def test_button_is_there_when_its_fact_is_true(words, can, labels):
    front = '[[buttons]]\nlabel = "Agree"\nphrase = "agree"\nwhen = "can"\n'
    facts = {} if can is None else {"can": can}

    assert [button.label for button in words("x", facts, front).buttons] == labels


def test_button_for_each_item_carries_the_items_own_facts(words):
    front = '[[buttons]]\nlabel = "{{ title }}"\nphrase = "done {{ n }}"\neach = "tasks"\nwhen = "open"\n'
    tasks = [
        {"title": "Rooms", "n": 1, "open": True, "hidden": {"task": 11}},
        {"title": "Lunch", "n": 2, "open": False},
        {"title": "Cars", "n": 3, "open": True},
    ]
    card = words("x", {"tasks": tasks}, front, hidden={"challenge": 7})

    assert [(button.label, button.phrase, button.hidden) for button in card.buttons] == [
        ("Rooms", "done 1", {"challenge": 7, "task": 11}), ("Cars", "done 3", {"challenge": 7})
    ]  # fmt: skip


def test_button_opens_a_form_where_its_phrase_does(words):
    front = "".join(f'[[buttons]]\nlabel = "{p}"\nphrase = "{p}"\n' for p in ("kloe add", "status"))
    card = words("x", {}, front, opens_form=lambda phrase: phrase == "kloe add")

    assert [button.opens_form for button in card.buttons] == [True, False]


# What is wrong with a template


def test_fact_that_is_missing_is_told_with_the_name_of_the_template(words):
    with pytest.raises(TemplateWrong, match=r"messages/one\.md\.j2.*missing_fact"):
        words("{{ missing_fact }}")


def test_template_that_is_missing_is_told(words):
    words("x")
    with pytest.raises(TemplateWrong, match="no such file"):
        Words().card("nothing", {})


@pytest.mark.parametrize(
    "written",
    [
        "no front",
        "+++\nbuttons = []\n+++\nno audience",
        '+++\naudience = "asker"\ncolour = "red"\n+++\nx',
        '+++\naudience = "asker"\n[[buttons]]\nlabel = "a"\nphrase = "b"\nhandler = "c"\n+++\nx',
        "+++\naudience = asker\n+++\nnot toml",
    ],
)
def test_template_with_a_wrong_front_is_refused_at_the_start(tmp_path, written):
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "one.md.j2").write_text(written)

    with pytest.raises(TemplateWrong, match=r"messages/one\.md\.j2"):
        Words(tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ v.append('x') }}",
        "{{ range(9) }}",
        "{{ cycler }}",
        "{{ v|map('x') }}",
    ],
)
def test_template_can_do_nothing_but_say(words, body):
    with pytest.raises(TemplateWrong):
        words(body, {"v": ["a"]})


def test_template_that_says_too_much_is_stopped(words):
    with pytest.raises(TemplateWrong, match="60000"):
        words("{% for n in v %}{{ text }}{% endfor %}", {"v": [1] * 21, "text": "x" * 3000})


def test_short_name_of_a_key_line_is_parted_from_its_count(desk):
    facts = {
        **_sample("state_team"),
        "noted": [{"theme": "kloe 1", "count": 0}, {"theme": "Demand", "count": 2}],
    }

    assert "Evidence: kloe 1: 0; Demand 2" in desk.words.card("state_team", facts).plain


def test_reader_without_a_name_begins_the_sentence(desk):
    assert (
        "\nThe programme manager can see"
        in desk.words.card("scoping_begins", _sample("scoping_begins")).plain
    )


def _sample(name):
    return tomllib.loads((SAMPLES / f"{name}.toml").read_text(encoding="utf-8"))["smallest"]
