import pytest
from sqlalchemy import select

from store.challenge import Challenge
from store.heard import AuditLine
from store.note import Note, notes_of
from tests.handlers.on_site_begun import BEGUN, NOTED, TUESDAY, played, stored


def notes(visit):
    found = stored(visit, lambda session: [(n.number, n.theme, n.kind, n.text) for n in notes_of(session, 1)])
    return [tuple(one) for one in found]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("front door strength Staff agree", ("kloe 1", "strength", "Staff agree")),
        ("kloe 1 consider: Reasons differ", ("kloe 1", "consider", "Reasons differ")),
        ("care leavers still exploring Housing", ("Care leavers", "exploring", "Housing")),
        ("resources and capacity strength Steady", ("Resources and capacity", "strength", "Steady")),
        ("strength Everybody is kind", (None, "strength", "Everybody is kind")),
        ("strength drop in centre works", (None, "strength", "drop in centre works")),
    ],
)
async def test_note_typed_on_one_line_finds_theme_and_kind(visit, typed, kept):
    await played(visit, BEGUN + TUESDAY + f'Dana: note {typed}\nDana sees "Note 1 kept"')

    assert notes(visit) == [(1, *kept)]


async def test_note_without_kind_opens_the_form_with_what_was_typed(visit):
    script = (
        TUESDAY
        + 'Dana: note front door Staff agree\nDana fills "Note": kind=strength\nDana sees "Note 1 kept"'
    )

    await played(visit, BEGUN + script)

    assert notes(visit) == [(1, "kloe 1", "strength", "Staff agree")]


async def test_note_in_words_that_begin_like_a_command_is_a_note(visit):
    script = f'{TUESDAY}Dana: note drop in centres are liked\nDana fills "Note": kind=strength'

    await played(visit, BEGUN + script)

    assert notes(visit) == [(1, None, "strength", "drop in centres are liked")]


@pytest.mark.parametrize("place", ["council", "liaison"])
@pytest.mark.parametrize("typed", ["note front door strength We like it", "note"])
async def test_note_where_the_council_reads_is_not_kept(visit, place, typed):
    await played(visit, BEGUN)
    stored(
        visit,
        lambda session: setattr(
            session.get(Challenge, 1), "proposal_agreed_at", session.get(Challenge, 1).ready_at
        ),
    )
    script = f"""
Jo: kloe add Is support ready at 18?
Ruth in {place}: /challenge {typed}
Ruth sees "Please delete this now: the council can read here."
Ruth sees "I have kept nothing, but this chat still has it."
Ruth sees "Notes go into a direct message to me or the peer team room"
"""
    await played(visit, script)

    assert notes(visit) == []


async def test_note_in_the_programme_room_is_not_kept(visit):
    script = """
Jo: confirm @Ruth as coordinator
Ruth in programme: /challenge note front door strength We like it
Ruth sees "Please delete this now: notes are for the peer team alone."
"""
    await played(visit, BEGUN + script)

    assert notes(visit) == []


async def test_note_of_somebody_outside_the_team_is_refused(visit):
    script = TUESDAY + "".join(
        f'{name}: note front door strength We do this\n{name} sees "I can\'t do"\n'
        for name in ("Sam", "Jo", "Priya")
    )

    await played(visit, BEGUN + script + "Helen: note front door strength We do this\n")

    assert notes(visit) == []


async def test_note_with_a_judgement_is_kept_with_a_hint(visit):
    script = (
        f'{TUESDAY}Dana: note strength Outstanding practice, graded good\nDana sees "judgement or a grade"'
    )

    await played(visit, BEGUN + script)

    assert [one[3] for one in notes(visit)] == ["Outstanding practice, graded good"]


async def test_note_markup_stays_what_was_typed(visit):
    text = "<!channel> **x** </script> {{ 7*7 }} 🙂"

    await played(visit, BEGUN + TUESDAY + f'Dana: note strength {text}\nDana sees "{text}"')

    assert notes(visit) == [(1, None, "strength", text)]


async def test_note_that_identifies_a_child_is_not_kept(visit):
    script = f'{TUESDAY}Dana: note strength NHS number 943 476 5919 was seen\nDana sees "haven\'t saved this"'

    await played(visit, BEGUN + script)

    assert notes(visit) == []


async def test_note_text_is_never_in_the_audit(visit):
    await played(visit, NOTED)

    lines = stored(
        visit, lambda session: [(one.did, one.thing) for one in session.scalars(select(AuditLine))]
    )
    assert [thing for did, thing in lines if did == "note"] == [None]


async def test_edit_changes_ones_own_note_only(visit):
    script = """
Amir: note edit 1
Amir fills "Change a note": kind=strength; text=Mine now
Amir sees "Note 1 is by Dana Reed"
Dana: note edit 1
Dana fills "Change a note": text=Reasons differ
Dana sees "Note 1 now reads"
Dana: note edit 7
Dana fills "Change a note": kind=strength; text=What
Dana sees "There is no note 7"
"""
    await played(visit, NOTED + script)

    assert [one[3] for one in notes(visit)] == ["Reasons differ"]


async def test_drop_and_mark_by_others_is_for_those_who_agree(visit):
    script = """
Amir: note drop 1
Amir sees "Note 1 is by Dana Reed"
Amir: note unmark 1
Amir sees "Note 1 is by Dana Reed"
Ruth: note mark 1
Ruth sees "marked for today's message already"
Ruth: note unmark 1
Ruth sees "not for today's message"
Ruth: note unmark 1
Ruth sees "is not marked for today's message anyway"
Ruth: note mark 1
Martin: note drop 1
Martin sees "Note 1 is dropped"
Martin: note drop 1
Martin sees "Note 1 was dropped already"
Martin: note drop 9
Martin sees "There is no note 9"
Martin: note drop
Martin sees "There is no note 0"
"""
    await played(visit, NOTED + script)

    assert notes(visit) == []


async def test_mark_of_an_older_note_moves_it_to_today(visit):
    script = """
at 2026-11-11 09:00
Dana: notes today
Dana sees "None yet"
Dana: notes
Dana presses "For today: 1"
Dana: notes today
Dana sees "Staff explain thresholds"
"""
    await played(visit, NOTED + script)

    days = stored(visit, lambda session: [note.day.isoformat() for note in session.scalars(select(Note))])
    assert days == ["2026-11-11"]


async def test_notes_are_shown_a_page_at_a_time_newest_first(visit):
    many = "".join(f"Dana: note strength Thing {number}\n" for number in range(1, 9))
    script = """
Dana: notes
Dana sees "Thing 8"
Dana sees "Page 1 of 2; 8 notes in all"
Dana presses "Older notes"
Dana sees "Thing 1"
Dana sees "Page 2 of 2"
Dana: notes today 9
Dana sees "Page 2 of 2"
"""
    await played(visit, BEGUN + TUESDAY + many + script)


async def test_note_after_the_draft_says_that_the_draft_stays(visit):
    script = """
at 2026-11-10 17:10
Ruth: summary
Dana: note strength One more
Dana sees "It does not hold this note"
Ruth presses "Draft again from the notes"
Ruth sees "One more"
"""
    await played(visit, NOTED + script)
