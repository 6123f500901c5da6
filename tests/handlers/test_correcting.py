"""What was typed in a letter is corrected where it stands, and in what it tells of."""

import pytest
from sqlalchemy import select, update

from handlers.letters import CORRECTED, LETTERS
from store.challenge import Challenge
from store.invitation import Invitation
from store.outbox import Outgoing
from store.person import Person, PersonAccount
from store.scoping import Proposal
from store.slot import forget_cards
from store.task import Task
from tests.fakes.house import BEGINS, CHAT, TENANT
from tests.handlers.chat_rooms import bound, claim, comes_to
from tests.handlers.letter_box import (
    EVENING,
    answer_to,
    arrives,
    corrects,
    given,
    letter,
    letters,
    sent,
    shown,
    taken,
)

pytestmark = pytest.mark.usefixtures("a_team")


def test_letter_withdrawn_in_hand_is_not_corrected(house):
    row = given(house)
    call = taken(house, row)
    house.says("Jo", f"delivery withdraw {row.id}")
    template, facts = corrects(house, "Jo", row.id, "Book two rooms")
    comes_to(house, call, "absent")

    assert (template, facts["state"]) == ("nothing_to_correct", "withdrawn")
    assert [one.state for one in letters(house, "task_for_you")] == ["withdrawn"]


def test_letter_withdrawn_in_hand_is_not_sent_with_the_correction_of_another_copy(house):
    house.appoint("Una", "organiser")
    house.says("Ruth", 'ask host "learning plan" by 27 oct noon')
    first, other = letters(house, "request_to_council")
    call = taken(house, first)
    house.says("Ruth", f"delivery withdraw {first.id}")
    _, facts = corrects(house, "Ruth", other.id, "Learning plan for 2026")
    comes_to(house, call, "absent")

    assert facts["all"] == 1
    assert [(one.person.name, one.state) for one in letters(house, "request_to_council")] == [
        (first.person.name, "withdrawn"), (other.person.name, "sending"), (other.person.name, "ready"),
    ]  # fmt: skip


def test_letter_corrected_again_after_its_room_was_lost_is_said_once(house):
    room = bound(house, "council")
    house.says("Ruth", 'ask host "learning plan" by 27 oct noon')
    row = letter(house, "request_to_council")
    sent(house, row)
    corrects(house, "Ruth", row.id, "Learning plan for 2026")
    arrives(house)
    house.change(lambda session: forget_cards(session, room))
    newest = letter(house, "request_to_council")
    _, facts = corrects(house, "Ruth", newest.id, "Learning plan for 2027")

    assert facts["all"] == 1
    assert [one.state for one in letters(house, "request_to_council")] == ["sent", "sent", "ready"]


def test_letter_that_waits_is_corrected_without_a_trace(house):
    house.clock.told = EVENING
    row = given(house)
    corrects(house, "Jo", row.id, "Book two rooms")
    before, after = letters(house, "task_for_you")

    assert (before.state, after.state, after.not_before) == ("replaced", "ready", before.not_before)
    assert after.facts == {**before.facts, "title": "Book two rooms"}
    assert house.one(Task, title="Book two rooms").number == row.facts["number"]
    assert letters(house, "letter_changed") == []


def test_letter_that_arrived_is_corrected_where_it_stands_and_says_so(house):
    row = given(house)
    sent(house, row)
    corrects(house, "Jo", row.id, "Book two rooms")
    [(op, address, text), *_] = arrives(house)
    [told] = letters(house, "letter_changed")

    assert (op, address) == ("edit", f"at-{row.key}")
    assert "Book two rooms" in text
    assert "romes" not in text
    assert text.endswith("Corrected at 9am on Monday 6 July by Jo.")
    assert (told.person.name, told.facts["what"]) == ("Sam", "task_for_you")


def test_letter_corrected_twice_is_found_by_any_of_its_numbers(house):
    row = given(house)
    sent(house, row)
    corrects(house, "Jo", row.id, "Book rooms")
    sent(house, letter(house))
    corrects(house, "Ruth", row.id, "Book two rooms")
    [(op, address, text), *_] = arrives(house)
    listed = [one["what"] for one in shown(house, "Jo", "delivery sam")["sent"]]

    assert (op, address) == ("edit", f"at-{row.key}")
    assert "Book two rooms" in text
    assert listed.count("task_for_you") == 1


def test_correction_made_while_the_letter_is_leaving_follows_it(house):
    row = given(house)
    call = taken(house, row)
    corrects(house, "Jo", row.id, "Book two rooms")
    comes_to(house, call, "done", address="there")
    [(op, address, text), *_] = arrives(house)

    assert (op, address) == ("edit", "there")
    assert "Corrected at" in text


@pytest.mark.parametrize("kind", ["later", "not_begun", "absent"])
def test_letter_corrected_while_it_is_leaving_is_not_said_with_its_old_words(house, kind):
    row = given(house)
    call = taken(house, row)
    corrects(house, "Jo", row.id, "Book two rooms")
    comes_to(house, call, kind)
    house.clock.wait(5)

    assert house.one(Outgoing, id=row.id).state == "replaced"
    assert [text for _op, _address, text in arrives(house) if "romes" in text] == []


def test_letter_that_stands_in_part_is_finished_before_it_is_corrected(house):
    row = given(house)
    call = taken(house, row)
    corrects(house, "Jo", row.id, "Book two rooms")
    comes_to(house, call, "later", address="half of it")
    house.clock.wait(5)

    assert taken(house, row).address == "half of it"


def test_request_told_to_several_is_corrected_for_all_of_them(house):
    house.appoint("Una", "organiser")
    house.says("Ruth", 'ask host "learning plan" by 27 oct noon')
    rows = letters(house, "request_to_council")
    for row in rows:
        sent(house, row)
    template, facts = corrects(house, "Ruth", rows[0].id, "Learning plan for 2026")

    assert (template, facts["all"]) == ("letter_corrected", 2)
    edits = {address for op, address, _text in arrives(house) if op == "edit"}
    assert edits == {f"at-{row.key}" for row in rows}


def test_request_in_the_councils_room_is_corrected_there_and_told_there(house):
    bound(house, "council")
    house.says("Ruth", 'ask host "learning plan" by 27 oct noon')
    row = letter(house, "request_to_council")
    sent(house, row)
    corrects(house, "Ruth", row.id, "Learning plan for 2026")
    [told] = letters(house, "letter_changed_here")

    assert (told.room.kind, told.person) == ("council", None)
    assert "Learning plan for 2026" in letter(house, "request_to_council").facts["title"]


def test_letter_passed_on_by_hand_is_to_be_passed_on_once_more(house):
    row = given(house)

    def unit(session):
        found = session.get_one(Outgoing, row.id)
        found.state, found.passed_on_by, found.sent_at = "sent", 1, BEGINS
        session.delete(session.get_one(PersonAccount, (CHAT, TENANT, "sam")))

    house.change(unit)
    corrects(house, "Jo", row.id, "Book two rooms")
    claim(house)
    [copy] = shown(house, "Jo", "delivery sam")["by_hand"]

    assert "Book two rooms" in copy["text"]
    assert copy["text"].endswith("Corrected at 9am on Monday 6 July by Jo.")
    assert letters(house, "letter_changed") == []


def test_letter_that_was_withdrawn_or_failed_is_not_corrected(house):
    row = given(house)
    for state in ("withdrawn", "dead", "skipped"):
        house.change(lambda session, state=state: setattr(session.get_one(Outgoing, row.id), "state", state))
        assert answer_to(house, "Jo", f"delivery correct {row.id} hello")[0] == "nothing_to_correct"


def test_letter_whose_words_were_forgotten_stays_as_it_is(house):
    row = given(house)
    forgotten = {"state": "withdrawn", "withdrawn_by": 1, "emptied": True, "facts": {}, "hidden": {}}
    house.change(
        lambda session: session.execute(update(Outgoing).where(Outgoing.id == row.id).values(**forgotten))
    )
    for line in (f"delivery correct {row.id} hello", f"delivery send {row.id}"):
        assert answer_to(house, "Jo", line)[0] == "no_longer_kept"


def test_text_that_may_identify_a_child_is_kept_nowhere(house):
    row = given(house)
    corrects(house, "Jo", row.id, "See NHS number 943 476 5919")

    assert house.outcome()[0] == "refused"
    assert b"943 476 5919" not in house.bytes()


def test_correction_is_said_as_it_was_typed(house):
    row, text = given(house), "**b** <!channel> <at>A</at> {{ 7*7 }} [g](https://evil.example)"
    sent(house, row)
    corrects(house, "Jo", row.id, text)
    [(_op, _address, said), *_] = arrives(house)

    assert text in said


def test_form_for_correcting_begins_with_the_words_as_they_are(house):
    row = given(house)
    answer = house.says("Jo", "delivery correct", hidden={"challenge": 1, "known": {"number": str(row.id)}},
                        can_open_form=True)  # fmt: skip
    values = {field.name: field.value for field in answer.form.fields}

    assert values == {"number": str(row.id), "text": "book romes"}


# What is shown first


def test_correction_is_shown_before_anything_changes(house):
    row = given(house)
    template, facts = answer_to(house, "Jo", f"delivery correct {row.id} Book two rooms")

    assert (template, facts) == (
        "letter_preview",
        {
            "number": row.id,
            "what": "task_for_you",
            "to": "Sam",
            "task": row.facts["number"],
            "old": "book romes",
            "text": "Book two rooms",
            "arrived": False,
            "says_who": False,
            "all": 1,
            "settled": "",
            "areas": [],
            "tells": "",
            "shown_before": 0,
        },
    )
    assert [one.facts["title"] for one in letters(house, "task_for_you")] == ["book romes"]
    assert house.one(Task, number=row.facts["number"]).title == "book romes"


def test_correction_is_confirmed_in_words_as_it_was_shown_last(house):
    row = given(house)
    before, _ = answer_to(house, "Jo", "delivery correct confirm")
    house.says("Jo", f"delivery correct {row.id} Book two rooms")
    said, facts = answer_to(house, "Jo", "delivery correct confirm")

    assert (before, said) == ("no_correction_shown", "letter_corrected")
    assert (facts["old"], facts["text"]) == ("book romes", "Book two rooms")
    assert letter(house).facts["title"] == "Book two rooms"


def test_correction_shown_last_is_confirmed_though_the_clock_stands_still(house):
    row = given(house)
    house.says("Jo", f"delivery correct {row.id} Book two rooms")
    house.says("Jo", f"delivery correct {row.id} Book three rooms")
    house.says("Jo", "delivery correct confirm")

    assert letter(house).facts["title"] == "Book three rooms"


def test_correction_shown_before_another_was_made_changes_nothing(house):
    row = given(house)
    house.says("Jo", f"delivery correct {row.id} Book two rooms")
    corrects(house, "Ruth", row.id, "Book three rooms")
    said, facts = answer_to(house, "Jo", "delivery correct confirm")

    assert (said, facts["text"]) == ("corrected_meanwhile", "Book three rooms")
    assert letter(house).facts["title"] == "Book three rooms"


def test_correction_to_the_same_words_is_none(house):
    row = given(house)

    assert corrects(house, "Jo", row.id, "book romes")[0] == "same_words"
    assert [one.id for one in letters(house, "task_for_you")] == [row.id]


def test_correction_is_no_longer_than_what_the_letter_tells_of_may_be(house):
    row = given(house)
    longest, _ = answer_to(house, "Jo", f"delivery correct {row.id} {'x' * 200}")
    house.says("Jo", f"delivery correct {row.id} {'x' * 201}")

    assert longest == "letter_preview"
    assert house.outcome()[0] == "form"


@pytest.mark.parametrize(
    ("template", "form", "field"),
    [
        ("task_for_you", "task_add", "text"),
        ("request_to_council", "request", "text"),
        ("invitation", "invite", "expertise"),
        ("final_for_sponsor", "final", "link"),
    ],
)
def test_correction_may_be_as_long_as_what_was_first_typed(house, template, form, field):
    shape = house.desk.shapes.forms[form]
    [first] = [one for one in shape.fields if one.name == field]

    assert LETTERS[template].longest == first.limit


def test_form_filled_in_is_shown_first_too(house):
    row = given(house)
    fields = {"number": str(row.id), "text": "Book two rooms"}

    assert answer_to(house, "Jo", "delivery correct", fields=fields)[0] == "letter_preview"


def test_correction_of_an_invitation_changes_it_and_asks_where_no_such_area_was_agreed(house):
    _agreed(house, areas=["Front door"])
    row = _invited(house, by="Jo", expertise="front door")
    _, known = answer_to(house, "Jo", f"delivery correct {row.id} the front door at night")
    _, unknown = answer_to(house, "Jo", f"delivery correct {row.id} Please come")
    corrects(house, "Jo", row.id, "Please come")

    assert (known["areas"], unknown["areas"]) == ([], ["Front door", "Practice"])
    assert (unknown["old"], unknown["text"]) == ("front door", "Please come")
    assert house.one(Invitation).expertise == "Please come"
    assert letter(house, "invitation").facts["expertise"] == "Please come"


@pytest.mark.parametrize("state", ["done", "not_needed"])
def test_correction_of_what_is_settled_says_so(house, state):
    row = given(house)
    sent(house, row)
    house.change(
        lambda session: session.execute(
            update(Task).where(Task.number == row.facts["number"]).values(state=state)
        )
    )
    _, facts = answer_to(house, "Jo", f"delivery correct {row.id} Book two rooms")

    assert facts["settled"] == state


# The report, and what was asked by somebody else


def _agreed(house, areas):
    """The proposal is agreed, with these areas of work."""

    def unit(session):
        content = {"areas": areas, "core_themes": ["Practice"], "key_lines": []}
        session.add(Proposal(challenge_id=1, number=1, content=content, state="agreed", sent_by=1,
                             sent_at=BEGINS))  # fmt: skip
        session.get_one(Challenge, 1).proposal_agreed_at = BEGINS

    house.change(unit)


def _invited(house, by, expertise):
    """Dana is invited as a peer: the letter that asks her."""
    house.appoint("Dana", "invited")

    def unit(session):
        def who(name):
            return session.scalars(select(Person).where(Person.name == name)).one()

        session.add(Invitation(challenge_id=1, person=who("Dana"), role="peer", expertise=expertise,
                               state="asked", invited_by=who(by).id, invited_at=BEGINS))  # fmt: skip
        session.get_one(Challenge, 1).next_due_at = BEGINS

    house.change(unit)
    house.settle()
    return letter(house, "invitation")


def _report(house, link="https://example.gov/report"):
    def unit(session, post):
        helen = session.get_one(PersonAccount, (CHAT, TENANT, "helen")).person
        facts = {"challenge": "Exampleshire", "by": "Priya", "report": "report", "link": link,
                 "publication": "private", "host": "Exampleshire"}  # fmt: skip
        return post.to_person(
            helen, "final_for_sponsor", facts, key="final", challenge=session.get_one(Challenge, 1)
        ).id

    return house.post(unit)


def test_report_is_the_programme_managers_alone(house):
    number = _report(house)
    jo, _ = corrects(house, "Jo", number, "https://example.gov/other")
    ruth, facts = corrects(house, "Ruth", number, "https://example.gov/other")
    priya, _ = corrects(house, "Priya", number, "https://example.gov/other")

    assert (jo, ruth, facts["who"]) == ("no_such_message", "not_your_step", ["programme_manager"])
    assert (priya, letter(house, "final_for_sponsor").facts["link"]) == (
        "letter_corrected", "https://example.gov/other"
    )  # fmt: skip


def test_address_of_the_report_stays_an_address(house):
    number = _report(house)
    corrects(house, "Priya", number, "javascript:alert(1)")

    assert house.outcome()[0] == "form"
    assert letter(house, "final_for_sponsor").facts["link"] == "https://example.gov/report"


def test_report_that_went_by_email_has_no_link_to_correct(house):
    number = _report(house, link="")
    said, _ = corrects(house, "Priya", number, "https://example.gov/other")

    assert (said, letter(house, "final_for_sponsor").facts["link"]) == ("nothing_typed", "")


def test_request_of_somebody_else_says_who_corrected_it_before_it_left(house):
    house.clock.told = EVENING
    house.says("Ruth", 'ask host "learning plan" by 27 oct noon')
    row = letter(house, "request_to_council")
    corrects(house, "Ruth", row.id, "Learning plan for 2026")
    own = letter(house, "request_to_council")
    corrects(house, "Jo", row.id, "Learning plan for 2027")
    anothers = letter(house, "request_to_council")

    assert CORRECTED not in own.facts
    assert anothers.facts[CORRECTED]["who"] == "Jo"


def _asked(house, template):
    """What Ruth asked for, as the letter that says so."""
    if template == "invitation":
        return _invited(house, by="Ruth", expertise="learning plan")
    says = {
        "request_to_council": 'ask host "learning plan" by 27 oct noon',
        "task_for_you": 'task sam "x" by 27 oct',
    }
    house.says("Ruth", says[template])
    return letter(house, template)


@pytest.mark.parametrize("template", ["request_to_council", "task_for_you", "invitation"])
def test_whoever_asked_hears_that_somebody_else_corrected_it(house, template):
    house.clock.told = EVENING
    row = _asked(house, template)
    corrects(house, "Ruth", row.id, "Learning plan for 2026")
    corrects(house, "Jo", row.id, "Learning plan for 2027")
    told = [(one.person.name, one.facts["who"], one.facts["old"], one.facts["text"])
            for one in letters(house, "yours_was_corrected")]  # fmt: skip

    assert told == [("Ruth", "Jo", "Learning plan for 2026", "Learning plan for 2027")]
    assert letter(house, template).facts[CORRECTED]["who"] == "Jo"


def test_whoever_asked_but_has_no_part_any_more_does_not_hear_of_it(house):
    house.clock.told = EVENING
    house.appoint("Una", "coordinator")
    row = given(house, by="Una")
    house.says("Jo", "stand down una")
    _, before = answer_to(house, "Jo", f"delivery correct {row.id} Book two rooms")
    house.says("Jo", "delivery correct confirm")

    assert (before["tells"], before["says_who"]) == ("", True)
    assert letters(house, "yours_was_corrected") == []
    assert letter(house).facts[CORRECTED]["who"] == "Jo"


@pytest.mark.parametrize(("by", "says_who"), [("Jo", False), ("Ruth", True)])
def test_preview_says_that_a_letter_nobody_read_will_say_who_corrected_it(house, by, says_who):
    house.clock.told = EVENING
    row = given(house, by=by)
    said = house.says("Jo", f"delivery correct {row.id} Book two rooms").card.plain
    done = house.says("Jo", "delivery correct confirm").card.plain

    assert ("it will say that you corrected it" in said) == says_who
    assert ("It says that you corrected it." in done) == says_who
    assert (CORRECTED in letter(house).facts) == says_who
