import sqlite3
import subprocess
import sys

import pytest

from bot.room import forms, messages, people, places
from bot.room.chat import Chat
from handlers.message import Button
from tests.bot.room.cards import card, key_line_form


def test_change_that_fails_leaves_nothing(chat):
    before = chat.sequence()
    with pytest.raises(sqlite3.OperationalError):
        _write_and_fail(chat)
    assert (chat.sequence(), chat.rows("SELECT * FROM settings")) == (before, [])


def _write_and_fail(chat):
    with chat.change() as change:
        change.run("INSERT INTO settings VALUES ('a', 'b')")
        change.run("INSERT INTO nowhere VALUES (1)")


def test_change_within_a_change_is_part_of_it(chat, house):
    rung = []
    before = chat.sequence()
    with chat.watched_by(lambda: rung.append(chat.sequence())), pytest.raises(sqlite3.OperationalError):
        _add_and_fail(chat, house)
    assert (rung, chat.sequence(), people.every(chat)) == ([], before, [])
    with chat.watched_by(lambda: rung.append(chat.sequence())), chat.change():
        house.person("Helen Marsh")
    assert (rung, len(people.every(chat))) == ([before + 2], 1)


def _add_and_fail(chat, house):
    with chat.change() as change:
        house.person("Helen Marsh")
        change.run("INSERT INTO nowhere VALUES (1)")


def test_change_rings_only_while_watched(chat):
    rung = []
    with chat.watched_by(lambda: rung.append(chat.sequence())):
        places.make(chat, title="Team")
    places.make(chat, title="Council")
    assert rung == [1]


def test_wipe_leaves_nobody_and_never_a_number_twice(chat, house):
    house.person("Helen Marsh")
    before, began = chat.sequence(), chat.began()
    chat.wipe()
    assert people.every(chat) == []
    assert chat.sequence() > before
    assert chat.began() != began


def test_chat_killed_after_a_change_keeps_it(tmp_path):
    path = tmp_path / "chat.sqlite3"
    script = (
        "import os, signal, sys; from datetime import UTC, datetime; from bot.room import people;"
        "from bot.room.chat import Chat;"
        "people.add(Chat(sys.argv[1], lambda: datetime(2026, 7, 6, tzinfo=UTC)), name='Helen Marsh');"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    chat = Chat(path, lambda: None)
    assert [person.name for person in people.every(chat)] == ["Helen Marsh"]
    chat.close()


def test_person_id_is_the_first_name_unless_taken(house):
    names = ["Helen Marsh", "Helen Webb", "Helen Webb", "Élodie O'Neil", "!!"]
    emails = enumerate(names)
    ids = [people.add(house.chat, name=name, email=f"{n}@exampleshire.example").id for n, name in emails]
    assert ids == ["helen", "helen-webb", "helen-2", "élodie", "somebody"]


def test_person_is_found_by_email_in_capitals(chat, house):
    house.person("Helen Marsh")
    assert people.with_email(chat, " HELEN@Exampleshire.example ").id == "helen"
    assert people.with_email(chat, "nobody@exampleshire.example") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("invite @Dana Reed as peer", ["dana"]),
        ("invite @dana and @Ruth.", ["dana", "ruth"]),
        ("@dana @Dana Reed", ["dana"]),
        ("mail dana@saltmarsh.example", []),
        ("@danae", []),
        ("@Dana Webb", ["dana-webb"]),
    ],
)
def test_mentioned_text_finds_exactly_those_named(house, text, found):
    for name, email in (("Dana Reed", "a"), ("Dana Webb", "b"), ("Ruth Okafor", "c")):
        people.add(house.chat, name=name, email=email)
    assert [person.id for person in people.mentioned(house.chat, text)] == found


def test_mentioned_with_nobody_in_the_room_is_nobody(chat):
    assert people.mentioned(chat, "@dana") == []


def test_place_is_seen_only_by_those_in_it(chat, house):
    helen, ruth = house.person("Helen Marsh"), house.person("Ruth Okafor")
    team = house.room("Team", "team", ruth)
    assert [place.address for place in places.seen_by(chat, helen)] == ["direct-helen"]
    assert [place.address for place in places.seen_by(chat, ruth)] == ["direct-ruth", team]
    places.leave(chat, team, ruth)
    assert [place.address for place in places.seen_by(chat, ruth)] == ["direct-ruth"]


def test_join_and_leave_twice_is_well(chat, house):
    team = house.room("Team", "team", house.person("Ruth Okafor"))
    before = chat.sequence()
    places.join(chat, team, "ruth")
    assert (places.members(chat, team), chat.sequence()) == (["ruth"], before)
    places.leave(chat, team, "ruth")
    places.leave(chat, team, "ruth")
    assert places.members(chat, team) == []


def test_unread_counts_others_and_no_edits(chat, house):
    ruth, dana = house.person("Ruth Okafor"), house.person("Dana Reed")
    team = house.room("Team", "team", ruth, dana)
    posted = messages.post(chat, place=team, card=card("One"), key="1")
    messages.say(chat, place=team, author=ruth, text="Mine")
    messages.post(chat, place=team, card=card("For Dana"), key="2", only_for=dana)
    assert (places.unread(chat, team, ruth), places.unread(chat, team, dana)) == (1, 3)
    places.mark_read(chat, team, ruth)
    messages.edit(chat, posted, card("One, mended"), "3")
    assert places.unread(chat, team, ruth) == 0


def test_message_typed_is_kept_as_typed_and_never_markup(chat, house):
    typed = "</script><b>*x*</b> {{ 7*7 }} <!channel> \u202e עברית 🙂\nsecond line"
    said = messages.say(chat, place="direct-helen", author=house.person("Helen Marsh"), text=typed)
    assert messages.get(chat, said.id).plain == typed
    assert "<b>" not in said.html


def test_message_edited_keeps_each_version_with_its_buttons(chat, house):
    house.person("Ruth Okafor")
    old = Button(label="Agree", phrase="summary agree", hidden={"version": 1})
    posted = messages.post(chat, place="direct-ruth", card=card("Draft", old), key="a")
    messages.edit(chat, posted, card("Sent"), "b")
    now = messages.get(chat, posted.id)
    assert (now.plain, now.buttons, now.edited) == ("Sent", (), True)
    assert messages.button(chat, posted, posted.version, 0) == old
    assert messages.button(chat, posted, now.version, 0) is None
    assert messages.button(chat, posted, posted.version, 1) is None


def test_form_put_in_place_of_another_closes_it(chat, house):
    house.person("Ruth Okafor")
    first = forms.put(chat, key_line_form(), account="ruth", place="direct-ruth", said="a")
    second = forms.put(
        chat, key_line_form(error="Say it."), account="ruth", place="direct-ruth", said="b", instead_of=first
    )
    assert [form.id for form in forms.open_for(chat, "ruth")] == [second]
    assert forms.answering(chat, "a").id == first


def test_form_as_plain_text_holds_all_that_is_shown():
    assert forms.as_plain(key_line_form(typed="Is it soon enough?", error="Too short.")).splitlines() == [
        "Key line of enquiry",
        "The council and the team will read this.",
        "What should the team find out?",
        "One question, in your own words.",
        "Is it soon enough?",
        "Too short.",
        "Short name",
        "Front door",
        "By when",
        "Place in the list",
        "Who leads on it",
        "Ruth Okafor, Martin Webb",
        "Who else works on it",
        "Ruth Okafor, Martin Webb",
    ]
