import pytest

from store.summary import summaries_of
from store.task import tasks_of
from tests.handlers.on_site_begun import BEGUN, DRAFTED, NOTED, RELEASED, TUESDAY, played, presses_on, stored


def summaries(visit):
    found = stored(
        visit,
        lambda session: [(one.state, one.revision, len(one.agreements)) for one in summaries_of(session, 1)],
    )
    return [tuple(one) for one in found]


async def test_summary_before_any_note_says_what_can_be_done(visit):
    script = """
Ruth: summary
Ruth sees "No notes are marked for today"
Ruth: summary agree
Ruth sees "Today's message is not drafted yet"
Ruth: summary correct
Ruth sees "No message was released yet"
"""
    await played(visit, BEGUN + TUESDAY + script)

    assert summaries(visit) == []


@pytest.mark.parametrize(
    ("moment", "sees"),
    [
        ("2026-11-09 17:00", "There is a message only at the end of an on-site day"),
        ("2026-11-12 17:00", "Today has its preview with the sponsor instead"),
        ("2026-11-13 17:00", "The last day ends with the feedback itself"),
        ("2026-11-16 10:00", "There is a message only at the end of an on-site day"),
    ],
)
async def test_summary_on_another_day_is_refused(visit, moment, sees):
    script = f'at {moment}\nDana: note strength Good will\nRuth: summary\nRuth sees "{sees}"\n'
    script += f'Ruth: summary nothing\nRuth sees "{sees}"'

    await played(visit, BEGUN + script)

    assert summaries(visit) == []


async def test_summary_is_drafted_by_those_who_agree_it_only(visit):
    script = """
Dana: summary
Dana sees "That is for Martin and Ruth"
Jo: summary
Jo sees "I can't do"
Priya: summary
Priya sees "I can't do"
Sam: summary agree
Sam sees "I can't do"
Helen: summary agree
Martin: summary
Martin sees "Draft. Not sent"
Ruth sees "Draft. Not sent"
Dana: summary
Dana sees "Draft. Not sent"
"""
    await played(visit, NOTED + script)

    assert summaries(visit) == [("draft", 1, 0)]


@pytest.mark.parametrize(
    "phrase", ["agree", "again", "hold", "resume", "nothing", "send because I can", "send anyway"]
)
async def test_summary_commands_of_a_peer_are_refused(visit, phrase):
    await played(visit, DRAFTED + f'Dana: summary {phrase}\nDana sees "That is for Martin and Ruth"')

    assert summaries(visit) == [("draft", 1, 0)]


async def test_summary_that_a_coordinator_would_agree_is_refused_whatever_else_they_are(visit):
    script = """
Jo: confirm @Ruth as coordinator
Ruth: summary agree
Ruth sees "That is for Martin"
"""
    await played(visit, DRAFTED + script)

    assert summaries(visit) == [("draft", 1, 0)]


async def test_edit_resets_every_agreement(visit):
    script = """
Martin: summary agree
Martin: summary edit
Martin fills "Message to the sponsor": kloe_1_strength=Staff explain thresholds alike
Ruth: summary agree
Ruth sees "It goes to Helen when Martin agrees too"
"""
    await played(visit, DRAFTED + script)

    assert summaries(visit) == [("draft", 2, 2)]


async def test_edit_without_a_change_keeps_agreements(visit):
    script = """
Martin: summary agree
Ruth: summary edit
Ruth fills "Message to the sponsor": tomorrow=
Ruth sees "Nothing was changed, so nobody has to agree anew"
"""
    await played(visit, DRAFTED + script)

    assert summaries(visit) == [("draft", 1, 1)]


async def test_edit_of_words_that_somebody_else_changed_is_refused(visit):
    script = """
Martin: summary edit
Ruth: summary edit
Ruth fills "Message to the sponsor": tomorrow=partners' group
Martin fills "Message to the sponsor": version=1; tomorrow=schools
Martin sees "Ruth Ellis changed the words"
"""
    await played(visit, DRAFTED + script)

    assert summaries(visit) == [("draft", 2, 0)]


async def test_agree_on_a_card_of_older_words_is_refused(visit):
    await played(visit, DRAFTED + "Dana: note strength One more\nRuth: summary again\n")

    answer = await presses_on(visit, "Martin", "Agree", "Version 1")

    assert "Ruth Ellis changed the words at 5.10pm, after that card" in answer
    assert summaries(visit) == [("draft", 2, 0)]


async def test_edit_that_empties_everything_cannot_be_agreed(visit):
    script = """
Ruth: summary edit
Ruth fills "Message to the sponsor": kloe_1_strength=
Ruth sees "No notes are marked for this day"
Ruth: summary agree
Ruth sees "there is nothing to draft"
"""
    await played(visit, DRAFTED + script)


async def test_draft_of_more_than_a_message_holds_is_refused(visit):
    long = "word " * 190
    notes = "".join(f"Dana: note front door strength {number} {long}\n" for number in range(4))

    await played(visit, BEGUN + TUESDAY + notes + 'Ruth: summary\nRuth sees "more than one message can hold"')
    await played(visit, 'at 2026-11-10 17:31\nRuth sees "so there is no draft yet"')

    assert summaries(visit) == []


async def test_draft_comes_by_itself_once_and_is_never_sent_by_itself(visit):
    script = """
at 2026-11-10 17:30
Ruth sees "Drafted from the notes marked for today"
at 2026-11-10 23:00
Helen never sees "thresholds"
Helen never sees "Emerging themes"
"""
    await played(visit, NOTED + script)

    assert summaries(visit) == [("draft", 1, 0)]


async def test_draft_time_without_notes_asks_those_who_agree(visit):
    script = """
at 2026-11-10 17:30
Ruth sees "No notes are marked for today"
Martin presses "Nothing to report"
Martin sees "there is nothing to report"
Ruth sees "Martin Lowe noted that there is nothing to report"
at 2026-11-10 23:00
Priya never sees "is not settled"
"""
    await played(visit, BEGUN + TUESDAY + script)

    assert summaries(visit) == [("nothing", 1, 0)]


async def test_spoke_keeps_that_it_happened_and_asks_for_what_was_agreed(visit):
    script = """
Ruth: summary spoke
Ruth fills "We spoke instead": actions=Send the structure chart
Martin sees "Ruth Ellis noted that a conversation took the place of a message"
Sam sees "Send the structure chart"
Ruth: summary agree
Ruth sees "Take it up again first"
at 2026-11-10 19:00
Priya never sees "is not settled"
Helen never sees "thresholds"
"""
    await played(visit, DRAFTED + script)

    asked = stored(
        visit, lambda session: [one.title for one in tasks_of(session, 1) if one.kind == "request"]
    )
    assert asked == ["Send the structure chart"]
    assert summaries(visit) == [("spoken", 1, 0)]


async def test_hold_stops_the_message_until_it_is_taken_up_again(visit):
    script = """
Martin: summary agree
Martin: summary hold
Martin sees "You hold back the message"
Ruth sees "Martin Lowe holds back the message"
Ruth: summary agree
Ruth sees "The message is held back by Martin Lowe"
Ruth: summary hold
Ruth sees "held back"
Ruth: summary resume
Ruth sees "Version 2"
Ruth: summary resume
Ruth sees "The message is still a draft"
Ruth: summary agree
Helen never sees "thresholds"
"""
    await played(visit, DRAFTED + script)

    assert summaries(visit) == [("draft", 2, 2)]


@pytest.mark.parametrize("phrase", ["agree", "hold", "nothing", "again"])
async def test_summary_released_is_not_released_or_settled_again(visit, phrase):
    script = f'Martin: summary {phrase}\nMartin sees "The message was released already: Ruth Ellis, 5.10pm"'

    await played(visit, RELEASED + script)

    assert summaries(visit) == [("released", 1, 2)]


async def test_yesterdays_card_is_refused_plainly(visit):
    script = """
Martin sees "Draft. Not sent"
at 2026-11-11 09:00
Martin presses "Agree"
Martin sees "That is the message of Tuesday 10 November. Nothing was done"
"""
    await played(visit, DRAFTED + script)

    assert summaries(visit) == [("draft", 1, 0)]


async def test_silence_names_the_step_and_not_the_words(visit):
    script = """
at 2026-11-10 18:15
Martin sees "waits for Martin and Ruth"
at 2026-11-10 18:45
Priya sees "The step message to the sponsor of Tuesday 10 November is not settled"
Priya never sees "thresholds"
Jo never sees "is not settled"
Helen never sees "settled"
"""
    await played(visit, DRAFTED + script)


async def test_correction_waits_for_agreement_and_then_changes_the_message_in_place(visit):
    script = """
Martin: summary correct
Martin fills "Correct the message": kloe_1_strength=Most staff explain thresholds alike
at 2026-11-11 09:00
Martin: summary agree
Helen never sees "Most staff"
Ruth: summary agree
Helen sees "Most staff explain thresholds alike"
Helen sees "Corrected at 9am on Wednesday 11 November"
Helen sees "corrected the message of Tuesday 10 November"
"""
    await played(visit, RELEASED + script)

    assert summaries(visit) == [("released", 2, 4)]
