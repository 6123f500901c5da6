"""An operator's own templates: a file of theirs wins, and a mistake in one is told and stays its own."""

import json

import pytest

from bot.app import desk
from bot.cli import main
from bot.hear import Ear
from bot.settings import OWN_TEMPLATES, Settings
from handlers.claiming import claim
from handlers.shapes import ShapeWrong
from handlers.words import TemplateWrong, Words
from store.challenge import Challenge
from store.person import PersonAccount
from tests.fakes import database
from tests.fakes.house import CHAT, TENANT, House

OURS = (OWN_TEMPLATES / "forms" / "key_line.toml").read_text(encoding="utf-8")
ANSWER = '+++\naudience = "asker"\n+++\n'


@pytest.fixture
def theirs(tmp_path):
    """A folder of an operator's, to write files into."""
    for kind in ("messages", "forms"):
        (tmp_path / "theirs" / kind).mkdir(parents=True)
    return tmp_path / "theirs"


@pytest.fixture
def opened(theirs, furnished, tmp_path):
    """A house that reads the operator's folder: call it when the files are there."""
    houses = []

    def open_house():
        their_desk = desk(Settings(templates=theirs), frozenset({(CHAT, TENANT)}))
        houses.append(House(database.copied(furnished, tmp_path), their_desk))
        return houses[-1]

    yield open_house
    for house in houses:
        house.close()


def _message(theirs, name, text):
    (theirs / "messages" / f"{name}.md.j2").write_text(text, encoding="utf-8")


def _form(theirs, name, text):
    (theirs / "forms" / f"{name}.toml").write_text(text, encoding="utf-8")


def test_message_of_an_operator_is_said_in_the_place_of_ours(theirs, opened):
    _message(theirs, "no_such_command", f"{ANSWER}Pardon? We say it differently in this programme.\n")
    house = opened()

    assert house.says("Helen", "xyzzy").card.plain == "Pardon? We say it differently in this programme."
    assert "Exampleshire" in house.says("Helen", "status").card.plain


def test_form_of_an_operator_is_opened_in_the_place_of_ours(theirs, opened):
    ours = next(line for line in OURS.splitlines() if line.startswith("title = "))
    _form(theirs, "key_line", OURS.replace(ours, 'title = "What to look at"'))
    house = opened()

    assert house.says("Helen", "kloe add", can_open_form=True).form.title == "What to look at"
    house.says("Helen", "kloe add Is early help soon enough?")
    assert house.outcome()[0] == "done"


async def test_answer_that_uses_an_unknown_fact_is_named_in_the_log_and_stops_no_other(
    theirs, opened, logged
):
    _message(theirs, "no_such_command", f"{ANSWER}Dear {{{{ nickname }}}}, pardon?\n")
    house = opened()
    ear = Ear(house.store, house.desk, house.clock)
    answer = await ear.hear(house.said("Helen", "xyzzy"))
    other = await ear.hear(house.said("Helen", "status"))
    ear.close()

    assert answer.card.plain.startswith("Something went wrong on my side")
    assert json.loads(logged.getvalue().splitlines()[0])["template"] == "no_such_command"
    assert "Exampleshire" in other.card.plain


def test_message_that_uses_an_unknown_fact_is_named_in_the_log_and_stops_no_other(theirs, opened, logged):
    _message(theirs, "request_settled", '+++\naudience = "person"\n+++\nDear {{ nickname }}\n')
    house = opened()
    house.says("Helen", "help")
    facts = {"challenge": "Exampleshire", "title": "plan", "who": "Dana", "reason": ""}
    for template in ("request_settled", "final_for_sponsor"):
        house.post(lambda session, post, to=template: _post(session, post, to, facts))

    def take(session):
        return claim(session, house.desk, house.clock.now(), house.clock.now(), {CHAT: 50})

    calls = [call for _ in range(2) for call in house.change(take)]

    assert any(call.card and "final report" in call.card.plain for call in calls)
    assert json.loads(logged.getvalue().splitlines()[0])["template"] == "request_settled"


def _post(session, post, template, facts):
    helen = session.get(PersonAccount, (CHAT, TENANT, "helen")).person
    challenge = session.get(Challenge, 1)
    final = {"report": "report", "host": "the council", "link": "", "by": "Priya", "publication": "private"}
    post.to_person(helen, template, {**facts, **final}, key=template, challenge=challenge)


def test_fact_that_is_unknown_is_told_with_the_file_that_wants_it(theirs):
    _message(theirs, "no_such_command", f"{ANSWER}Dear {{{{ nickname }}}}, pardon?\n")

    with pytest.raises(TemplateWrong, match=r"templates/messages/no_such_command.md.j2: 'nickname'"):
        Words(OWN_TEMPLATES, theirs).card("no_such_command", {"near": []})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("No front matter.\n", "must begin with"),
        ("+++\naudience = \n+++\nHello\n", "no_such_command"),
        ('+++\naudience = "asker"\ncolour = "red"\n+++\nHello\n', "allowed are audience and buttons"),
        (f"{ANSWER}{{% if near %}}Hello\n", "no_such_command"),
        (f"{ANSWER}{{{{ near|loudly }}}}\n", "no_such_command"),
        ('+++\naudience = "nobody_of_that_name"\n+++\nHello\n', "nobody_of_that_name"),
        ('+++\naudience = "asker"\n[[buttons]]\nlabel = "Go"\n+++\nHello\n', "phrase"),
    ],
)
def test_message_that_cannot_be_used_is_named_when_the_bot_starts(theirs, text, why):
    _message(theirs, "no_such_command", text)

    with pytest.raises(TemplateWrong) as wrong:
        desk(Settings(templates=theirs), frozenset())
    assert "templates/messages/no_such_command.md.j2" in str(wrong.value)
    assert why in str(wrong.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title = ", "is not TOML"),
        (OURS.replace("title = ", "heading = ", 1), "heading: is not known here"),
        (OURS.replace('kind = "long"', 'kind = "novel"', 1), "'novel' is not allowed"),
    ],
)
def test_form_that_cannot_be_used_is_named_when_the_bot_starts(theirs, text, why):
    _form(theirs, "key_line", text)

    with pytest.raises(ShapeWrong) as wrong:
        desk(Settings(templates=theirs), frozenset())
    assert "forms/key_line.toml" in str(wrong.value)
    assert why in str(wrong.value)


def test_form_without_a_field_that_the_command_wants_is_named_when_the_bot_starts(theirs):
    _form(theirs, "key_line", OURS.replace('name = "text"', 'name = "words"', 1))

    with pytest.raises(ShapeWrong, match=r"forms/key_line\.toml") as wrong:
        desk(Settings(templates=theirs), frozenset())
    assert "text" in str(wrong.value)


@pytest.mark.parametrize(
    ("write", "name", "told"),
    [
        (_message, "help", "templates/messages/help.md.j2: it must begin with +++"),
        (_form, "key_line", "forms/key_line.toml: title: is missing."),
    ],
)
def test_command_that_cannot_start_says_in_one_line_which_file_to_mend(
    theirs, tmp_path, monkeypatch, capsys, write, name, told
):
    write(theirs, name, 'phrase = "kloe add"\nsubmit = "Add"\nfields = []\n')
    (tmp_path / "a.talk").write_text("Jo: help\n", encoding="utf-8")
    monkeypatch.setenv("CRITICAL_FRIEND_TEMPLATES", str(theirs))
    monkeypatch.setattr("sys.argv", ["critical-friend", "talk", str(tmp_path / "a.talk")])

    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert told in capsys.readouterr().err
