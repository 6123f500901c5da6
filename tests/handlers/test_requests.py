from datetime import UTC, datetime

from store.challenge import Challenge
from store.task import tasks_of
from tests.handlers.on_site_begun import (
    BEGUN,
    ORGANISER,
    PEOPLE,
    READY,
    SPONSOR,
    TEAM,
    TUESDAY,
    played,
    stored,
)


def requests(visit):
    def look(session):
        asked = [one for one in tasks_of(session, 1) if one.kind == "request"]
        return [(one.title, one.owner_role, one.due_at, one.state) for one in asked]

    return [tuple(one) for one in stored(visit, look)]


async def test_ask_tells_the_organiser_and_keeps_the_moment(visit):
    script = """
Dana: ask host "learning plan" by thu noon
Dana sees "by noon on Thursday 12 November. Sam has this"
Sam sees "Dana Reed asks Sam for: learning plan"
Helen never sees "learning plan"
Sam presses "Done"
Dana sees "Sam Okoro says this is done: learning plan"
Sam presses "Done"
"""
    await played(visit, BEGUN + TUESDAY + script)

    noon = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)
    assert requests(visit) == [("learning plan", "organiser", noon, "done")]


async def test_ask_tells_the_councils_room_where_there_is_one(visit):
    await played(visit, BEGUN)
    stored(visit, agreed)
    script = """
Jo: kloe add Is support ready?
Dana: ask host "learning plan"
Sam sees "Dana Reed asks Sam for: learning plan"
Helen sees "learning plan"
"""
    await played(visit, script)


def agreed(session):
    challenge = session.get(Challenge, 1)
    challenge.proposal_agreed_at = challenge.ready_at


async def test_ask_with_a_date_that_is_past_is_said_at_the_field(visit):
    script = """
Dana: ask host "learning plan" by 3 nov 2026
Dana sees "That day has passed already"
"""
    await played(visit, BEGUN + TUESDAY + script)

    assert requests(visit) == []


async def test_ask_without_words_opens_the_form(visit):
    script = """
Dana: ask host
Dana fills "Ask the council": text=A room for ten; by=tomorrow 9am
Sam sees "A room for ten, by 9am on Wednesday 11 November"
"""
    await played(visit, BEGUN + TUESDAY + script)


async def test_ask_before_ready_to_contact_is_refused(visit):
    script = 'Ruth: ask host "learning plan"\nRuth sees "Nobody may be contacted about Exampleshire yet"'

    await played(visit, PEOPLE + SPONSOR + ORGANISER + TEAM + script)

    assert requests(visit) == []


async def test_ask_without_organiser_or_room_is_refused(visit):
    script = 'Ruth: ask host "learning plan"\nRuth sees "there is nobody I could ask"'

    await played(visit, PEOPLE + SPONSOR + TEAM + READY + script)

    assert requests(visit) == []


async def test_ask_by_the_council_or_the_coordinator_is_refused(visit):
    script = 'Sam: ask host "a room"\nSam sees "I can\'t do"\nJo: ask host "a room"\nJo sees "I can\'t do"'

    await played(visit, BEGUN + script)

    assert requests(visit) == []


async def test_ask_in_the_evening_before_the_visit_is_told_in_the_morning(visit):
    script = """
at 2026-11-09 19:00
Ruth: ask host "learning plan"
Sam never sees "learning plan"
at 2026-11-10 08:00
Sam sees "Ruth Ellis asks Sam for: learning plan"
"""
    await played(visit, BEGUN + script)


async def test_ask_in_the_evening_of_an_on_site_day_is_told_at_once(visit):
    script = """
at 2026-11-10 19:00
Ruth: ask host "learning plan"
Sam sees "Ruth Ellis asks Sam for: learning plan"
"""
    await played(visit, BEGUN + script)
