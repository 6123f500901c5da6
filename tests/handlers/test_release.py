from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from store.outbox import Outgoing
from store.summary import Summary, summaries_of
from tests.handlers.on_site_begun import (
    BEGUN,
    DRAFTED,
    ORGANISER,
    PEOPLE,
    READY,
    RELEASED,
    SPONSOR,
    TEAM,
    TUESDAY,
    played,
    stored,
)

NEVER_DELIVERED = datetime(2027, 1, 1, tzinfo=UTC)


def state(visit):
    return stored(visit, lambda session: summaries_of(session, 1)[0].state)


def undelivered(session):
    """The chat has taken nothing yet of what was released."""
    for row in session.scalars(select(Outgoing).where(Outgoing.template == "summary_released")):
        row.state, row.sent_at, row.not_before = "ready", None, NEVER_DELIVERED
    summary = session.scalars(select(Summary)).one()
    return summary.deliver_by


async def test_agree_by_both_releases_to_the_sponsor_alone(visit):
    script = """
Helen sees "From Martin and Ruth, to Helen. For our 5.45pm conversation."
Helen sees "Strength: Staff explain thresholds in the same way"
Sam never sees "thresholds"
Tom never sees "thresholds"
Jo never sees "thresholds"
Priya never sees "thresholds"
Helen never sees "Dana"
Helen never sees "Version"
"""
    await played(visit, RELEASED + script)

    assert state(visit) == "released"


async def test_agree_twice_by_one_person_is_no_release(visit):
    script = """
Ruth: summary agree
Ruth: summary agree
Ruth sees "You have agreed it already; it waits for Martin"
Helen never sees "thresholds"
"""
    await played(visit, DRAFTED + script)

    assert state(visit) == "draft"


async def test_agree_without_a_sponsor_is_refused(visit):
    begun = PEOPLE + ORGANISER + TEAM + READY + TUESDAY
    script = """
Dana: note strength Good will
Ruth: summary
Ruth: summary agree
Ruth sees "There is no sponsor to send it to yet"
"""
    await played(visit, begun + script)


async def test_send_alone_waits_for_ones_own_agreement_and_half_an_hour(visit):
    script = """
Ruth: summary send because Martin is on a train
Ruth sees "Please agree the message yourself first"
Ruth: summary agree
at 2026-11-10 17:39
Ruth: summary send because Martin is on a train
Ruth sees "from 5.40pm on"
Helen never sees "thresholds"
at 2026-11-10 17:40
Ruth sees "Martin has not answered for 30 minutes"
Ruth presses "Send, and say why"
Ruth fills "Send alone": reason=Martin is on a train
Ruth sees "released"
Helen sees "From Ruth, to Helen"
Helen sees "Replies go to Martin and Ruth"
Martin sees "Sent by one person, because: Martin is on a train"
Helen never sees "train"
"""
    await played(visit, DRAFTED + script)

    assert state(visit) == "released"


async def test_send_alone_after_an_edit_starts_anew(visit):
    script = """
Ruth: summary agree
at 2026-11-10 17:41
Martin: summary edit
Martin fills "Message to the sponsor": tomorrow=schools
Ruth: summary send because Martin is away
Ruth sees "Please agree the message yourself first"
Helen never sees "thresholds"
"""
    await played(visit, DRAFTED + script)


async def test_agreed_after_eight_is_sent_only_on_send_anyway(visit):
    script = """
Ruth: summary send anyway
Ruth sees "It is not agreed yet: it waits for Martin and Ruth"
Ruth: summary agree
at 2026-11-10 20:00
Martin: summary agree
Martin sees "it is after 8pm"
Ruth sees "it is after 8pm"
Helen never sees "thresholds"
Martin: summary agree
Martin sees "You have agreed it already"
Martin: summary send because I can
Martin sees "Everybody has agreed it"
Ruth presses "Send anyway"
Ruth sees "released"
Helen sees "From Martin and Ruth"
Ruth presses "Send anyway"
Ruth sees "Nothing is held"
"""
    await played(
        visit, DRAFTED + script.replace('Ruth sees "Nothing is held"', 'Ruth sees "It arrived at 8pm"')
    )


async def test_send_alone_after_eight_waits_for_send_anyway_too(visit):
    script = """
Ruth: summary agree
at 2026-11-10 20:05
Ruth: summary send because Martin is away
Ruth sees "it is after 8pm"
Helen never sees "thresholds"
Ruth presses "Send anyway"
Helen sees "From Ruth, to Helen"
"""
    await played(visit, DRAFTED + script)


@pytest.mark.parametrize(
    ("press", "now", "again", "told", "then"),
    [
        (
            "Send anyway",
            "On its way to Helen Marsh after all",
            "It arrived at 6.10pm",
            "never sees",
            "released",
        ),
        ("Drop it", "Helen Marsh will not get it from me", "The message was dropped", "sees", "dropped"),
    ],
)
async def test_undelivered_is_held_after_an_hour_and_a_person_decides(visit, press, now, again, told, then):
    await played(visit, RELEASED)
    deliver_by = stored(visit, undelivered)

    script = f"""
at 2026-11-10 18:10
Ruth sees "has not arrived"
Ruth sees "Helen Marsh: held, not sent"
Ruth presses "{press}"
Ruth sees "{now}"
Martin {told} "Ruth Ellis dropped the message"
Ruth presses "{press}"
Ruth sees "{again}"
"""
    await played(visit, script)

    assert deliver_by == datetime(2026, 11, 10, 18, 10, tzinfo=UTC)
    assert state(visit) == then


async def test_undelivered_to_somebody_without_an_account_waits_by_hand(visit):
    begun = PEOPLE + ORGANISER + TEAM
    script = """
Jo: confirm nina@exampleshire.example as sponsor
Jo fills "Appoint": name=Nina Ray
Jo: ready
at 2026-11-10 09:00
Dana: note strength Good will
Ruth: summary
Ruth: summary agree
Martin: summary agree
at 2026-11-10 12:00
Ruth sees "Nina Ray: cannot be written to here, so it waits to be passed on by hand"
Ruth: summary send anyway
Ruth sees "Nothing is held"
Jo never sees "Good will"
"""
    await played(visit, begun + script)


async def test_delivered_asks_nobody(visit):
    script = """
at 2026-11-10 21:00
Ruth never sees "has not arrived"
Ruth: summary drop
Ruth sees "It arrived at 5.10pm"
"""
    await played(visit, RELEASED + script)


async def test_request_settled_before_the_release_is_asked_no_more(visit):
    script = """
at 2026-11-10 09:30
Ruth: ask host "structure chart" by thu noon
Dana: note strength Good will
Ruth: summary
Ruth sees "structure chart"
Sam presses "Done"
Martin: summary agree
Ruth: summary agree
Helen sees "Good will"
Helen never sees "structure chart"
"""
    await played(visit, BEGUN + script)


async def test_agree_before_ready_to_contact_sends_nothing(visit):
    begun = PEOPLE + SPONSOR + ORGANISER + TEAM + TUESDAY
    script = """
Dana: note strength Good will
Ruth: summary
Martin: summary agree
Ruth: summary agree
Ruth sees "Nobody may be contacted about Exampleshire yet"
Helen never sees "Good will"
"""
    await played(visit, begun + script)

    assert state(visit) == "draft"


def settled_by(visit):
    return stored(visit, lambda session: summaries_of(session, 1)[0].settler.name)


HELD_OVERNIGHT = """
at 2026-11-10 18:10
Ruth sees "has not arrived"
at 2026-11-11 00:30
"""
CORRECTED = """
Martin: summary correct
Martin fills "Correct the message": kloe_1_strength=Most staff explain thresholds alike
at 2026-11-11 09:00
Ruth: summary agree
Martin: summary agree
"""


@pytest.mark.parametrize(
    ("press", "now", "then"),
    [
        ("Send anyway", "On its way to Helen Marsh after all", "released"),
        ("Drop it", "Helen Marsh will not get it from me", "dropped"),
    ],
)
async def test_held_message_is_decided_after_midnight_too(visit, press, now, then):
    await played(visit, RELEASED)
    stored(visit, undelivered)

    await played(visit, HELD_OVERNIGHT + f'Martin presses "{press}"\nMartin sees "{now}"\n')

    assert (state(visit), settled_by(visit)) == (then, "Martin Lowe")


def correction_held(session):
    """The chat has not taken the correction yet."""
    released = select(Outgoing).where(Outgoing.template == "summary_released").order_by(Outgoing.id)
    row = session.scalars(released).all()[-1]
    row.state, row.sent_at, row.not_before = "ready", None, NEVER_DELIVERED


@pytest.mark.parametrize(
    ("press", "now"),
    [
        ("Send anyway", "On its way to Helen Marsh after all"),
        ("Drop it", "Helen Marsh will not get it from me"),
    ],
)
async def test_held_correction_is_decided_and_the_message_itself_stays_released(visit, press, now):
    await played(visit, RELEASED + CORRECTED)
    stored(visit, correction_held)
    script = f"""
at 2026-11-11 10:00
Ruth sees "has not arrived"
at 2026-11-11 10:30
Ruth presses "{press}"
Ruth sees "{now}"
"""
    await played(visit, script)

    assert (state(visit), settled_by(visit)) == ("released", "Ruth Ellis")
