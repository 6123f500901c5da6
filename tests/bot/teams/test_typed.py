"""What Teams writes of a text, and what the person typed."""

import time

import pytest

from bot.teams.typed import Mention, mentions, typed

BOT = "28:bot"
NAMES = {"29:dana": "Dana Reed"}
ME = Mention(user=None, label="Critical Friend")
DANA = Mention(user="29:dana", label="Dana R")

TEXTS = [
    ("help", (), "help"),
    ("  help \r\n", (), "help"),
    ("tom &amp; jerry &lt;b&gt;", (), "tom & jerry <b>"),
    ("&lt;at&gt;Dana R&lt;/at&gt;", (DANA,), "<at>Dana R</at>"),
    ("&amp;lt;", (), "&lt;"),
    ("10&nbsp;nov\xa0or later", (), "10 nov or later"),
    ("<at>Critical Friend</at> help", (ME,), "help"),
    ("<at>Critical Friend</at>&nbsp;help", (ME,), "help"),
    ("<at>Critical Friend</at>: help", (ME,), "help"),
    ("please <at>Critical Friend</at>, help", (ME,), "please help"),
    ("help <at>Critical Friend</at>", (ME,), "help"),
    ("<at>Critical Friend</at>", (ME,), ""),
    ("invite <at>Dana R</at> as peer", (DANA,), "invite @Dana Reed as peer"),
    ('invite <at id="0">Dana R</at> as peer', (DANA,), "invite @Dana Reed as peer"),
    ("invite <at>@Dana R</at> as peer", (DANA,), "invite @Dana Reed as peer"),
    ("invite <at>Tom B</at> as peer", (Mention(user="29:tom", label="Tom B"),), "invite @Tom B as peer"),
    ("tell <at>Everyone</at>", (), "tell Everyone"),
    ("<at>Critical Friend</at> invite <at>Dana R</at>", (ME, DANA), "invite @Dana Reed"),
    ("“front door” – it’s ‘here’", (), "\"front door\" – it's 'here'"),
    ("/challenge help", (), "help"),
    ("/challenges help", (), "/challenges help"),
    ("Critical Friend help", (), "help"),
    ("@Critical Friend, help", (), "help"),
    ("Critical Friends are welcome", (), "Critical Friends are welcome"),
    ("critical friend support is thin", (), "critical friend support is thin"),
    ("<at>Critical Friend</at> /challenge help", (ME,), "help"),
    ("<at>Critical Friend</at> \t <at>Critical Friend</at> : help", (ME, ME), "help"),
    ("say <at>Critical Friend</at> , , help", (ME,), "say , help"),
    ("a \xa0 b", (), "a   b"),
    ("note a\x00b", (), "note ab"),
    ("<at>" * 5000, (), "<at>" * 5000),
]


@pytest.mark.parametrize(("text", "named", "meant"), TEXTS)
def test_text_is_as_it_was_typed(text, named, meant):
    assert typed(text, named, NAMES) == meant


FLOODS = [
    "x" + "\xa0" * 100_000 + "y", "<at>Critical Friend</at>" + " " * 100_000 + "y",
    (" " * 100 + "<at>Critical Friend</at>") * 1000, "<" * 100_000, "<at" * 30_000, "<at " + " " * 100_000,
    "<at>" + "x" * 100_000, "&" * 100_000, "/challenge " * 10_000, "@" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("text", FLOODS)
def test_flood_of_signs_is_read_at_once(text):
    begun = time.thread_time()
    typed(text, (ME,) * 1000, NAMES)

    assert time.thread_time() - begun < 0.5


def test_flood_of_mentions_is_read_at_once():
    people = tuple(Mention(user=f"29:{number}", label=f"P{number}") for number in range(5000))
    text = "".join(f"<at>P{number}</at>" for number in reversed(range(5000)))
    begun = time.thread_time()
    meant = typed(text, people, {})

    assert (meant[:12], time.thread_time() - begun < 0.5) == ("@P4999@P4998", True)


def test_two_people_of_one_name_are_each_meant_once():
    twins = (Mention(user="29:one", label="Sam"), Mention(user="29:two", label="Sam"))

    named = {"29:one": "Sam Lee", "29:two": "Sam Roe"}
    assert typed("<at>Sam</at> and <at>Sam</at>", twins, named) == "@Sam Lee and @Sam Roe"


ENTITIES = [
    {"type": "clientInfo", "locale": "en-GB"},
    {
        "type": "mention",
        "text": "<at>Critical Friend</at>",
        "mentioned": {"id": BOT, "name": "Critical Friend"},
    },
    {"type": "mention", "mentioned": {"id": "29:dana", "name": "Dana R"}},
    {"type": "mention", "text": "<at>Tom &amp; Co</at>", "mentioned": {"id": "29:tom"}},
]


def test_mentions_are_those_that_teams_tells():
    found = mentions({"recipient": {"id": BOT}, "entities": ENTITIES})

    assert found == (ME, DANA, Mention(user="29:tom", label="Tom & Co"))


@pytest.mark.parametrize("entities", [None, "mention", [None, "x"], [{"type": "mention", "mentioned": []}]])
def test_strange_entities_mention_nobody(entities):
    assert mentions({"recipient": {"id": BOT}, "entities": entities}) == ()
