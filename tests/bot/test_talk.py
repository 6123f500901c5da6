"""Talks: how a line is read, and what makes a talk fail."""

from datetime import datetime

import pytest

from bot.room import unkindness
from bot.talk.play import play
from bot.talk.room_stage import RoomStage
from bot.talk.script import Step, TalkWrong, read
from handlers.message import Answer, Button
from tests.bot.room.cards import card, key_line_form
from tests.bot.room.conftest import house as furnished_room
from tests.bot.room.conftest import http

__all__ = ["furnished_room", "http"]


@pytest.fixture
def house(furnished_room):
    """The room's fake house with Ruth and Helen in it, both in the liaison room."""
    ruth, helen = furnished_room.person("Ruth Okafor"), furnished_room.person("Helen Marsh")
    furnished_room.room("Exampleshire: liaison", "room:liaison:exampleshire:1", ruth, helen)
    furnished_room.room("Exampleshire: team", "room:team:exampleshire:2", ruth)
    return furnished_room


# Reading


@pytest.mark.parametrize(
    ("line", "step"),
    [
        (
            'person "Helen Marsh", council="Exampleshire County Council", email="helen@exampleshire.example"',
            {
                "does": "person", "text": "Helen Marsh",
                "values": {"council": "Exampleshire County Council", "email": "helen@exampleshire.example"},
            },
        ),
        ("at 2026-07-06 09:00", {"does": "at", "moment": datetime(2026, 7, 6, 9, 0)}),  # noqa: DTZ001 - local
        ("Helen: status", {"does": "says", "who": "Helen", "text": "status"}),
        ("Helen:status: all", {"does": "says", "who": "Helen", "text": "status: all"}),
        ("Ruth in team: hello", {"does": "says", "who": "Ruth", "place": "team", "text": "hello"}),
        (
            "Ruth in team of Exampleshire: /challenge help",
            {
                "does": "says", "who": "Ruth", "place": "team", "challenge": "Exampleshire",
                "text": "/challenge help",
            },
        ),
        ('Anne-Marie presses "Agree"', {"does": "presses", "who": "Anne-Marie", "text": "Agree"}),
        ('Helen sees "no surprises"', {"does": "sees", "who": "Helen", "text": "no surprises"}),
        ('Helen never sees "a draft"', {"does": "never sees", "who": "Helen", "text": "a draft"}),
        (
            'Helen fills "Scoping": focus=early help; outcome="a; b"; Your name = Helen ; empty=',
            {
                "does": "fills", "who": "Helen", "text": "Scoping",
                "values": {"focus": "early help", "outcome": "a; b", "Your name": "Helen", "empty": ""},
            },
        ),
        (
            'Ruth in "Team chat": Hello',
            {"does": "says", "who": "Ruth", "place": "Team chat", "text": "Hello"},
        ),
        ('Ruth opens "Team chat"', {"does": "opens", "who": "Ruth", "place": "Team chat"}),
        ("Dana enters team", {"does": "enters", "who": "Dana", "place": "team"}),
        (
            "Dana leaves team of Exampleshire",
            {"does": "leaves", "who": "Dana", "place": "team", "challenge": "Exampleshire"},
        ),
        ('Ruth closes "Team chat"', {"does": "closes", "who": "Ruth", "place": "Team chat"}),
        ("the bot may make no rooms", {"does": "may", "text": "make no rooms"}),
        ("the bot may bring in nobody", {"does": "may", "text": "bring in nobody"}),
        ("the bot may pin cards", {"does": "may", "text": "pin cards"}),
    ],
    ids=[
        "person", "at", "direct", "colon", "room", "room of", "presses", "sees", "never", "fills", "titled",
        "opens", "enters", "leaves", "closes", "may", "may not bring in", "may pin",
    ],
)  # fmt: skip
def test_line_is_read(line, step):
    assert read(line) == [Step(line=1, **step)]


def test_comments_and_empty_lines_are_passed_over_and_counted():
    assert [(step.line, step.text) for step in read("# one\n\nHelen: two\n\n# three\nHelen: four")] == [
        (3, "two"), (6, "four")
    ]  # fmt: skip


def test_indented_line_goes_on_with_the_one_before():
    [said, filled] = read('Helen: one\n  two\n\n    three\nHelen fills "Form": text=a\n  b; day=9 nov')

    assert said.text == "one\ntwo\nthree"
    assert filled.values == {"text": "a\nb", "day": "9 nov"}


@pytest.mark.parametrize(
    "line",
    ["Helen", "at nine", "at 2026-07-06", 'Helen presses Agree', "Ruth in garden: hello", 'person Helen',
     'Helen fills "Form": nonsense'],
)  # fmt: skip
def test_line_that_cannot_be_read_is_told_with_its_number(line):
    with pytest.raises(TalkWrong, match="line 2: I cannot read") as wrong:
        read(f"# a talk\n{line}")

    assert wrong.value.line == 2


# Playing


async def _played(http, script):
    return [line async for line in play(read(script), RoomStage(http))]


async def _why(http, script):
    with pytest.raises(TalkWrong) as wrong:
        await _played(http, script)
    return wrong.value.line, wrong.value.why


def _answers(house, text, *cards, form=None):
    def answer(said):
        return Answer(said=said.id, card=cards[0] if cards else None, form=form)

    house.answers[text] = answer


async def test_transcript_tells_who_said_what_and_what_appeared(house, http):
    _answers(house, "status", card("All is well.\nNext: rooms."))

    assert await _played(
        http, 'at 2026-07-06 09:30\nHelen: status\nHelen sees "all is"'.replace("all", "All")
    ) == [
        "\n— Monday 6 July 2026, 09:30 —",
        "Helen: status",
        "  → Helen: All is well.\n      Next: rooms.",
    ]


async def test_clock_is_moved_to_the_local_time(house, http):
    await _played(http, "at 2026-07-06 09:30")

    assert house.now().astimezone(house.zone).isoformat()[:16] == "2026-07-06T09:30"


async def test_what_is_seen_is_compared_but_for_its_spaces(house, http):
    _answers(house, "status", card("All  is\nwell."))

    await _played(http, 'Helen: status\nHelen sees "All is well."')


async def test_talk_fails_where_something_is_not_seen(house, http):
    _answers(house, "status", card("All is well."))

    assert await _why(http, 'Helen: status\nHelen sees "late"') == (
        2, "Helen did not see “late”, but: status | All is well."
    )  # fmt: skip


async def test_what_somebody_else_saw_does_not_count(house, http):
    _answers(house, "status", card("All is well."))

    assert (await _why(http, 'Helen: status\nRuth sees "All is well."'))[0] == 2


async def test_what_was_seen_before_the_last_step_does_not_count_for_sees(house, http):
    _answers(house, "status", card("All is well."))
    _answers(house, "next", card("Rooms."))

    assert (await _why(http, 'Helen: status\nHelen: next\nHelen sees "All is well."'))[0] == 3


async def test_talk_fails_where_something_was_seen_at_any_time_that_never_should(house, http):
    _answers(house, "status", card("A draft."))
    _answers(house, "next", card("Rooms."))

    assert await _why(http, 'Helen: status\nHelen: next\nHelen never sees "A draft"') == (
        3, "Helen did see “A draft”"
    )  # fmt: skip
    await _played(http, 'Ruth never sees "A draft"')


async def test_talk_fails_where_there_is_no_answer(house, http):
    house.answers["status"] = lambda _said: None

    assert await _why(http, "Helen: status") == (1, "no answer")


async def test_chatter_needs_no_answer(house, http):
    await _played(http, "Ruth in liaison: shall we have lunch?")

    assert house.heard == []


async def test_talk_fails_where_the_bot_says_a_thing_twice(house, http):
    _answers(house, "status", card("All is well."))
    right = house.rest

    async def rest():
        if house.heard and not house.due:
            house.due = [1]
            await house.platform.post(f"direct-{house.heard[0].by.id}", card("All is well."), "again")
        await right()

    house.rest = rest

    assert await _why(http, "Helen: status") == (1, "said twice: “All is well.”")


async def test_newest_button_of_that_name_is_pressed(house, http):
    for text, phrase in (("one", "agree one"), ("two", "agree two")):
        _answers(house, text, card(text, Button(label="Agree", phrase=phrase, hidden={"card": text})))
        _answers(house, phrase, card(f"{phrase} is done"))

    await _played(http, 'Helen: one\nHelen: two\nHelen presses "Agree"\nHelen sees "agree two is done"')
    assert house.heard[-1].hidden == {"card": "two"}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('Helen presses "Agree"', "Helen can see no button “Agree”"),
        ('Helen fills "Scoping": a=b', "Helen has no form “Scoping” open"),
        ("Helen in team: hello", "Helen is in no team room"),
        ("Ruth in team of Northmere: hello", "Ruth is in no team room"),
        ("Nobody: hello", "nobody here is called Nobody"),
    ],
)
async def test_talk_fails_where_a_step_cannot_be_taken(house, http, line, why):
    assert await _why(http, line) == (1, why)


async def test_form_is_filled_in_by_name_or_label_and_keeps_the_rest(house, http):
    _answers(house, "kloe add", form=key_line_form(typed="typed before"))
    asked = house.answers["kloe add"]
    house.answers["kloe add"] = lambda said: (
        asked(said) if said.fields is None else Answer(said=said.id, card=card("Saved."))
    )
    filled = 'Helen fills "Key line of enquiry": Short name=Help; with=ruth, martin'
    await _played(http, f'Helen in liaison: /challenge kloe add\n{filled}\nHelen sees "Saved."')

    assert house.heard[-1].fields == {
        "text": "typed before", "short": "Help", "day": "", "number": "", "lead": "",
        "with": ["ruth", "martin"],
    }  # fmt: skip


async def test_talk_fails_where_a_form_has_no_such_field(house, http):
    _answers(house, "kloe add", form=key_line_form())
    line, why = await _why(
        http, 'Helen in liaison: /challenge kloe add\nHelen fills "Key line of enquiry": colour=red'
    )

    assert (line, why.partition(";")[0]) == (2, "the form has no field colour")


async def test_person_comes_into_the_room_once(house, http):
    await _played(http, 'person "Dana Lee", council="Northmere Council", email="dana@northmere.example"')
    script = 'person "Dana Lee", email="dana@northmere.example"\nDana: help'
    _answers(house, "help", card("Three examples."))

    assert (await _played(http, script))[-1] == "  → Dana: Three examples."


async def test_people_move_in_and_out_of_rooms(house, http):
    lines = await _played(
        http,
        """
Ruth opens "Team chat"
Helen enters "Team chat"
Ruth in "Team chat": Hello
Helen sees "Hello"
Helen leaves "Team chat"
Ruth closes "Team chat"
Ruth reopens "Team chat"
Ruth in "Team chat": Still here
Helen never sees "Still here"
the bot may make no rooms
the bot may bring in nobody
the bot may pin nothing
the bot may pin cards
""",
    )

    kinds = ["entered", "departed", "room_gone", "room_back"]
    assert [event.kind for event in house.happenings] == kinds
    assert "(Helen enters Team chat)" in lines
    assert "(The bot may make no rooms)" in lines
    unkind = unkindness.now(house.chat)
    assert (unkind.no_rooms, unkind.no_invites, unkind.no_pins) == (True, True, False)


async def test_mistake_of_the_room_is_told_with_its_line(house, http):
    line, why = await _why(http, "# too long\nHelen: " + "x" * 20_001)

    assert (line, "20,000" in why) == (2, True)
