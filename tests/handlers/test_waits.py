"""What the nouns say is waiting, for whom, and that its buttons do it."""

import pytest
from sqlalchemy import select

from handlers.part import parts_of
from handlers.waits import waiting
from store.person import Person
from store.room import Room, RoomMember
from store.session import Store
from tests.fakes import database
from tests.handlers import evaluating
from tests.handlers.evaluating import AFTER_VISIT
from tests.handlers.on_site_begun import BEGUN, DRAFTED, RELEASED, played

EVE = "at 2026-11-12 09:00\n"


async def test_message_waits_for_those_who_agree_it_and_nobody_else_reads_of_it(visit):
    script = """
Dana: home
Dana never sees "Today's message to the sponsor"
Jo: home
Jo never sees "Today's message to the sponsor"
Helen: home
Helen sees "You as sponsor. Now: on site, day 1 of 4"
Helen never sees "essage to the sponsor"
Ruth: home
Ruth sees "Today's message to the sponsor waits for you to agree it."
Ruth presses "Read and agree"
Ruth presses "Agree"
Ruth: home
Martin: home
Martin sees "Today's message to the sponsor waits for you to agree it."
"""
    transcript = await played(visit, DRAFTED + script)
    after = transcript[transcript.rindex("Ruth: home") : transcript.rindex("Martin: home")]

    assert "waits for you to agree it" not in after


async def test_message_that_is_not_drafted_in_the_evening_waits_for_those_who_agree_it(visit):
    script = """
at 2026-11-10 16:50
Ruth: home
Ruth sees "Today's message to the sponsor is not drafted."
Dana: home
Dana never sees "is not drafted."
"""
    await played(
        visit, BEGUN + 'at 2026-11-10 09:00\nRuth: home\nRuth never sees "is not drafted."\n' + script
    )


async def test_correction_waits_for_those_who_agree_it(visit):
    script = """
Ruth: summary correct
Ruth fills "Correct the message": kloe_1_strength=Staff explain thresholds
Martin: home
Martin sees "A correction waits for you to agree it."
Helen: home
Helen never sees "A correction waits"
"""
    await played(visit, RELEASED + script)


async def test_reader_waits_for_the_sponsor(visit):
    script = """
Ruth: summary also to @Tom
Helen: home
Helen sees "The peer team suggests that Tom Hale gets the daily messages that you get."
Helen presses "Yes, Tom Hale"
Helen sees "Tom Hale gets the released messages"
Helen: home
Tom: home
Tom sees "You as reader of the daily summary."
"""
    transcript = await played(visit, BEGUN + script)

    assert "suggests that Tom" not in transcript[transcript.rindex("Helen: home") :]


async def test_preview_waits_for_the_sponsor_until_it_suits(visit):
    script = """
Ruth: preview 5.30pm
Helen: home
Helen sees "Preview on Thursday 12 November at 5.30pm: does that suit you?"
Helen presses "That suits me"
Helen: home
Ruth: home
Ruth never sees "does that suit you?"
"""
    transcript = await played(visit, BEGUN + EVE + script)

    assert "does that suit you?" not in transcript[transcript.rindex("Helen: home") :]


def test_somebody_to_be_taken_out_by_hand_waits_for_whoever_coordinates(house):
    house.says("Jo", "ready in exampleshire")
    house.make_room("team")
    house.appoint("Dana", "peer")
    house.change(_stuck)

    assert _facts(house, "Ruth")[0] == {
        "what": "stuck", "name": "Dana", "room": "team", "day": "",
        "buttons": [{
            "do": "removed", "phrase": "removed Dana", "name": "Dana", "number": 0,
            "hidden": {"challenge": 1, "chosen": {"dana": _person(house, "Dana")}},
        }],
    }  # fmt: skip
    assert "stuck" not in [thing["what"] for thing in _facts(house, "Helen")]


def _stuck(session):
    room = session.scalars(select(Room).where(Room.kind == "team")).one()
    dana = session.scalars(select(Person).where(Person.name == "Dana")).one()
    session.add(RoomMember(room_id=room.id, person_id=dana.id, state="stuck"))


def _person(house, name):
    return house.one(Person, name=name).id


def _facts(house, name):
    """What waits for somebody in their only challenge."""

    def unit(session, post):
        [part] = parts_of(post, session.scalars(select(Person).where(Person.name == name)).one())
        return waiting(part)

    return house.post(unit)


@pytest.fixture
def afterwards(tmp_path):
    """The final is issued."""
    store = Store(database.fresh(tmp_path))
    made = evaluating.house(store)
    made.challenge.final_issued_at = AFTER_VISIT
    yield made
    made.session.close()
    store.close()


def _waits(house, name):
    [part] = parts_of(house.post, house.person(name))
    return [(thing["what"], thing["title"]) for thing in waiting(part) if "title" in thing]


def test_questionnaire_waits_for_who_sends_it_then_for_those_who_answer(afterwards):
    before = {name: [what for what, _ in _waits(afterwards, name)] for name in ("Jo", "Martin", "Helen")}
    titles = {title for _, title in _waits(afterwards, "Jo")}

    assert before["Jo"].count("questionnaire_to_send") >= 1
    assert "questionnaire" not in before["Martin"] + before["Helen"]
    assert all(titles)


def test_interview_waits_for_who_holds_it(afterwards):
    kinds = {name: {what for what, _ in _waits(afterwards, name)} for name in ("Priya", "Helen")}

    assert kinds["Priya"] >= {"interview"}
    assert kinds["Helen"] == set()
