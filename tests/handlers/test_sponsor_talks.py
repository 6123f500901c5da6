import pytest

from handlers.desk import tools
from handlers.sponsor_talks import TalkMoved, suits_preview
from store.challenge import Challenge
from store.programme import the_programme
from store.role import holders
from tests.handlers.on_site_begun import BEGUN, ORGANISER, PEOPLE, READY, SPONSOR, TEAM, played, stored

EVE = "at 2026-11-12 09:00\n"


async def test_preview_is_offered_moved_and_held(visit):
    script = """
Ruth sees "Today you preview tomorrow's messages with Helen, usually at 5.30pm"
Ruth presses "Tell the sponsor"
Ruth fills "Preview with the sponsor": when=5.30pm
Helen sees "Martin and Ruth will preview tomorrow's messages with you"
Ruth: preview 5.30pm
Ruth sees "The sponsor knows about the preview at 5.30pm"
Helen presses "That suits me"
Ruth sees "suits Helen Marsh"
Helen presses "That suits me"
Helen sees "You said that already"
Helen presses "Another time, or a word"
Helen fills "Another time, or a word": text=Could we do 5pm?
Helen sees "I have told Martin and Ruth"
Martin sees "Could we do 5pm?"
Dana never sees "Could we do 5pm?"
Martin: preview 5pm
Helen sees "Thursday 12 November at 5pm"
at 2026-11-12 18:15
Ruth sees "Did the preview with Helen take place?"
Ruth presses "It took place"
Ruth presses "It took place"
Ruth sees "The preview took place already"
Ruth: preview 7pm
Ruth sees "The preview took place already"
at 2026-11-12 19:30
Priya never sees "preview with the sponsor"
"""
    await played(visit, BEGUN + EVE + script)


async def test_preview_that_nobody_confirms_is_told_as_a_step(visit):
    script = """
at 2026-11-12 18:45
Priya sees "The step preview with the sponsor of Thursday 12 November is not confirmed"
Helen never sees "confirmed"
"""
    await played(visit, BEGUN + EVE + script)


async def test_preview_of_somebody_else_is_refused(visit):
    script = """
Dana: preview 5.30pm
Dana sees "That is for Martin and Ruth"
Jo: preview 5.30pm
Jo sees "I can't do"
Helen: preview suits
Helen sees "There is no time for the preview yet"
"""
    await played(visit, BEGUN + EVE + script)


async def test_preview_without_a_sponsor_is_refused(visit):
    script = 'Ruth: preview 5.30pm\nRuth sees "There is no sponsor yet whom I could tell"'

    await played(visit, PEOPLE + ORGANISER + TEAM + READY + EVE + script)


async def test_case_review_talk_is_asked_for_and_held(visit):
    script = """
Ruth: case review 10 nov 4.15pm
Helen sees "The reviewers would like twenty minutes"
Helen presses "That suits me"
Martin sees "suits Helen Marsh"
Martin: case review done
Martin sees "the talk that closes the case review took place"
Martin: case review done
Martin sees "took place already"
"""
    await played(visit, BEGUN + script)


async def test_preview_that_was_moved_after_the_card_was_drawn_is_not_agreed(visit):
    await played(visit, BEGUN + EVE + "Ruth: preview 5.30pm\nRuth: preview 5pm\n")
    bot, now = visit.pair[0].bot, visit.pair[0].clock.now()

    def suits(session):
        challenge, programme = session.get(Challenge, 1), the_programme(session)
        helen = holders(session, challenge.id, programme.id, "sponsor", now.date())[0]
        post = tools(session, bot.ear.desk, programme, now)["post"]
        return suits_preview(challenge, helen, post, {"at": "2026-11-12T17:30"})

    with pytest.raises(TalkMoved) as moved:
        stored(visit, suits)
    assert moved.value.facts == {"kind": "preview", "at": "2026-11-12T17:00"}


async def test_talk_before_ready_to_contact_is_refused(visit):
    script = """
Ruth: case review 10 nov 4.15pm
Ruth sees "Nobody may be contacted about Exampleshire yet"
at 2026-11-10 09:00
Helen never sees "twenty minutes"
"""
    await played(visit, PEOPLE + SPONSOR + ORGANISER + TEAM + script)


async def test_talk_offered_in_the_evening_before_the_visit_is_told_in_the_morning(visit):
    script = """
at 2026-11-09 19:00
Ruth: case review 10 nov 4.15pm
Helen never sees "twenty minutes"
Martin never sees "case review"
at 2026-11-10 08:00
Helen sees "The reviewers would like twenty minutes"
Martin sees "case review"
"""
    await played(visit, BEGUN + script)


async def test_talk_that_comes_before_the_morning_is_told_at_once(visit):
    script = """
at 2026-11-09 19:00
Ruth: case review 9 nov 8pm
Helen sees "The reviewers would like twenty minutes"
"""
    await played(visit, BEGUN + script)


async def test_preview_is_prompted_anew_when_the_visit_moved_after_it_was_offered(visit):
    await played(
        visit,
        BEGUN
        + """
Ruth: preview 12 nov 17:30
Jo: dates move to 17 nov
Jo sees "Stays, so please tell the sponsor another time: the preview, Thursday 12 November at 5.30pm"
Jo presses "Move the visit"
Helen: home
Helen never sees "5.30pm: does that suit you?"
at 2026-11-19 08:31
Ruth sees "Today you preview tomorrow's messages with Helen"
""",
    )
