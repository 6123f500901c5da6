"""What Slack writes of a text, and what the person typed."""

import pytest

from bot.slack.typed import mentioned, mentions_bot, typed

BOT = "U0BOT"
NAMES = {"U1": "Dana Reed"}

TEXTS = [
    ("help", "help"),
    ("  help \n", "help"),
    ("tom &amp; jerry &lt;b&gt;", "tom & jerry <b>"),
    ("&lt;@U1&gt;", "<@U1>"),
    ("&amp;lt;", "&lt;"),
    ("invite <@U1> as peer", "invite @Dana Reed as peer"),
    ("invite <@U1|dana> as peer", "invite @Dana Reed as peer"),
    ("invite <@U9|tom.baker> as peer", "invite @tom.baker as peer"),
    ("invite <@U9> as peer", "invite @U9 as peer"),
    ("<@U0BOT> help", "help"),
    ("<@U0BOT>: help", "help"),
    ("<@U0BOT|critical friend>, help", "help"),
    ("please <@U0BOT> help", "please help"),
    ("help <@U0BOT>", "help"),
    ("see <#C1|front-door>", "see #front-door"),
    ("see <#C1>", "see #C1"),
    ("see <#C1|>", "see #C1"),
    ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
    ("<!subteam^S1|@peers> and <!subteam^S2>", "@peers and"),
    ("<!date^1783324800^{date}|6 July 2026>", "6 July 2026"),
    ("<mailto:dana@peers.example|dana@peers.example>", "dana@peers.example"),
    ("<mailto:dana@peers.example>", "dana@peers.example"),
    ("<mailto:dana@peers.example|write to her>", "write to her dana@peers.example"),
    ("<tel:+441234567|01234 567>", "01234 567"),
    ("<https://plan.example/a?b=1&amp;c=2>", "https://plan.example/a?b=1&c=2"),
    ("<http://plan.example|plan.example>", "plan.example"),
    ("<https://plan.example/|plan.example>", "plan.example"),
    ("see <https://plan.example/a|our plan>", "see our plan https://plan.example/a"),
    ("pin “learning plan” – it’s ‘here’", "pin \"learning plan\" – it's 'here'"),
    ("10\xa0nov", "10 nov"),
    ("two\nlines", "two\nlines"),
    ("/challenge status", "status"),
    ("<@U0BOT> /Challenge status", "status"),
    ("/challenge", ""),
    ("/challenges and /challenge", "/challenges and /challenge"),
    ("a < b", "a < b"),
    ("", ""),
]


@pytest.mark.parametrize(("slacks", "persons"), TEXTS)
def test_text_of_slacks_is_what_was_typed(slacks, persons):
    assert typed(slacks, BOT, NAMES) == persons


def test_people_named_are_found_once_and_in_order_without_the_bot():
    assert mentioned("<@U0BOT> <@U2> <@U1|dana> <@U2> &lt;@U3&gt; <#C1|x> <@>", BOT) == ("U2", "U1")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("<@U0BOT> help", True),
        ("<@U0BOT|cf> help", True),
        ("<@U0BOTS> help", False),
        ("&lt;@U0BOT&gt;", False),
    ],
)
def test_bot_is_named_by_its_own_mention_only(text, named):
    assert mentions_bot(text, BOT) == named
