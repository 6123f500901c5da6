"""The whole challenge clicked through by one person who plays every part, with the real bot behind it.

The sponsor and the organiser have a page of their own open all the while. Nothing that is not for
them may ever reach it, nor the page in which everybody is played.
"""

import pytest

from tests.browser.conftest import DESKTOP, PHONE, played, rehearsed, serving
from tests.browser.hands import Hands
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

OPENING = """
person "Jo Baker", council="Regional programme", email="jo@programme.example"
person "Priya Nair", council="Regional programme", email="priya@programme.example"
person "Alan Reid", council="Regional programme", email="alan@programme.example"
person "Ruth Ellis", council="Regional programme", email="ruth@programme.example"
person "Helen Marsh", council="Exampleshire County Council", email="helen@exampleshire.example"
person "Sam Okoro", council="Exampleshire County Council", email="sam@exampleshire.example"
person "Martin Lowe", council="Borough of Northmere", email="martin@northmere.example"
person "Amir Khan", council="Wexborough Council", email="amir@wexborough.example"
at 2026-10-26 09:30
Jo: claim rehearsal
Jo: new exampleshire lga_full 10-13 nov
Jo: confirm @Priya as programme manager
Jo: confirm @Alan from Regional programme as improvement adviser
Jo: confirm @Helen as sponsor
Jo: confirm @Sam as organiser
Jo: confirm @Ruth from Regional programme as peer challenge manager
Priya: scoping helen
Priya presses "Start"
Priya: Yes. No inspection is expected before the spring.
Priya: The front door has been stretched since the restructure.
Priya: front door and care leavers
Priya: later
"""

COUNCIL = ["helen", "sam"]
STRENGTH = "Staff explain thresholds in the same way"
ADDED = "Partners speak well of the front door"
RUMOUR = "A rumour from the car park"
CHATTER = "Shall we compare impressions over supper"
TEAM_ROOM = ("peer team room", "The council is not here", "Evidence:", "Message to Helen", "Note 1", "Draft.")


@pytest.fixture
def room(tmp_path):
    with serving(lambda: rehearsed(tmp_path)) as running:
        running.do(played(running.house, OPENING))
        yield running


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def hands(open_page, watch):
    """One page for every part; beside it one for the sponsor and one for the organiser."""
    for who in COUNCIL:
        watch.over(open_page(who))
    page = open_page("jo", reduced_motion="reduce")
    watch.over(page)
    return Hands(page)


@pytest.fixture
def check(axe, hands):
    """The page as it stands, on a desktop and a phone, light and dark: axe finds nothing."""

    def everywhere():
        for viewport in (PHONE, DESKTOP):
            hands.page.set_viewport_size(viewport)
            for colours in ("dark", "light"):
                hands.page.emulate_media(color_scheme=colours, reduced_motion="reduce")
                assert axe(hands.page) == []

    return everywhere


def test_whole_challenge_clicked_through_by_one_person(hands, watch, check, room):
    watch.keep_from(COUNCIL, RUMOUR, STRENGTH, ADDED, CHATTER, *TEAM_ROOM)
    scope(hands, watch)
    invite(hands, watch)
    room.do(played(room.house, "at 2026-11-10 11:20"))
    take_notes(hands, watch, check)
    agree_message(hands, watch)
    read_message(hands, watch, check)
    room.do(played(room.house, "at 2026-11-30 10:00"))
    issue_final(hands, watch, check)
    answer_questionnaire(hands, watch)
    read_results(hands, watch, check)
    assert not [words for words in (STRENGTH, ADDED, CHATTER, *TEAM_ROOM) if words not in watch.had["martin"]]
    assert RUMOUR in watch.had["amir"]


def scope(hands, watch):
    """The coordinator is ready; the sponsor answers, skips, goes back, leaves, returns, uses the form."""
    hands.say("ready")
    hands.sees("From now on I may contact people about Exampleshire")
    hands.be("Helen")
    hands.press("Start")
    hands.sees("What should the team answer about front door?")
    hands.say("skip")
    hands.sees("That one is needed")
    hands.say("Do young people know what support they will have at 18?")
    hands.sees("5 of 10")
    hands.say("back")
    hands.sees("So far: Do young people know")
    hands.say("Is support ready when young people turn 18?")
    hands.sees("5 of 10")
    hands.say("later")
    hands.sees("Say scoping any time")
    hands.page.get_by_role("button", name="Next morning").click()
    hands.page.locator("#clock-words", has_text="Tuesday 27 October 2026, 9am").wait_for()
    hands.page.get_by_role("button", name="+1 hour").click()
    hands.sees("Here is the question we stopped at")
    fill_scoping_form(hands)
    agree_proposal(hands)
    watch.look()


def fill_scoping_form(hands):
    """What is left is answered on one form; an answer that is too long is said at its field."""
    too_long, answers = "x" * 5000, {
        "What should the team answer about front door": "Are thresholds consistent?",
        "When the team leaves": "Two or three things we can do in the spring.",
    }  # fmt: skip
    hands.press("Form")
    hands.fill("Scoping", "Save", answers | {"How would you like to hear": too_long})
    hands.form.get_by_text("this has 5000").wait_for()
    assert hands.form.get_by_label("How would you like to hear").input_value() == too_long
    hands.fill("Scoping", "Save", {"How would you like to hear": "A conversation first."})
    hands.form.wait_for(state="hidden")


def agree_proposal(hands):
    hands.be("Priya")
    hands.say("proposal send")
    hands.sees("on its way to Helen")
    hands.be("Helen")
    hands.press("Agree")
    hands.sees("is agreed")
    hands.go("council room")


def invite(hands, watch):
    """A peer says twice in one breath that he is available: one answer, and one line for who asked."""
    hands.be("Jo")
    hands.say("invite @Martin from Northmere as lead peer")
    hands.sees("Martin Lowe (Northmere) is invited")
    hands.say("invite @Amir from Wexborough as peer for front door")
    hands.sees("Amir Khan (Wexborough) is invited")
    hands.be("Martin")
    hands.button("Available").dblclick()
    hands.sees("I have told the coordinator that you are available")
    hands.be("Jo")
    hands.sees("Martin Lowe is available as lead peer")
    hands.say("confirm martin")
    hands.sees("Martin Lowe is lead peer")
    hands.say("confirm amir")
    hands.sees("Amir Khan is peer")
    assert hands.log.get_by_text("Martin Lowe is available as lead peer").count() == 1
    hands.be("Martin")
    assert hands.log.get_by_text("I have told the coordinator").count() == 1
    watch.look()


def take_notes(hands, watch, check):
    """In the team's room by form and by chatter, in direct messages by a line, until it is prompted for."""
    hands.be("Martin")
    hands.go("peer team room")
    hands.say(CHATTER)
    hands.press("Add note")
    hands.fill("Note", "Keep", {"Your note": STRENGTH})
    hands.form.get_by_text("Error").first.wait_for()
    check()
    hands.fill("Note", "Keep", {"What is it about": "Front door", "What kind of note": "Strength"})
    hands.sees("kept for the peer team")
    check()
    hands.be("Amir")
    hands.say(f"note care leavers strength {RUMOUR}")
    hands.sees(RUMOUR)
    hands.say("notes today")
    hands.press("Not for today: 2")
    hands.sees("not for today's message")
    watch.look()
    while "4.45pm" not in hands.page.locator("#clock-words").inner_text():
        hands.page.locator("#clock-next").click()
        hands.page.locator("#clock-words", has_text="2026").wait_for()
    hands.go("peer team room")
    hands.sees("Please add your notes now")


def agree_message(hands, watch):
    """Drafted by the manager, changed by the lead peer, agreed by both: then it is sent, not before."""
    hands.be("Ruth")
    hands.say("summary")
    hands.sees(f"Strength: {STRENGTH}")
    hands.press("Agree")
    hands.sees("It goes to Helen when Martin agrees too")
    hands.be("Martin")
    hands.press("Edit")
    hands.fill("Message to the sponsor", "Save", {"To consider: Front door": ADDED})
    hands.sees(f"To consider: {ADDED}")
    hands.be("Ruth")
    hands.press("Agree")
    hands.sees("It goes to Helen when Martin agrees too")
    hands.be("Helen")
    hands.say("status")
    hands.sees("Exampleshire")
    watch.release("helen", STRENGTH, ADDED)
    hands.be("Martin")
    hands.press("Agree")


def read_message(hands, watch, check):
    """The sponsor reads what was agreed and nothing else, and says thank you once."""
    hands.be("Helen")
    hands.sees("Exampleshire peer challenge: Tuesday 10 November, day 1 of 4")
    hands.sees(f"Strength: {STRENGTH}")
    assert "Amir" not in hands.log.locator("article", has_text=STRENGTH).inner_text()
    check()
    hands.button("Thank you").dblclick()
    hands.sees("I have passed your thanks on")
    hands.press("Thank you")
    hands.sees("You said that already")
    assert hands.log.get_by_text("I have passed your thanks on").count() == 1
    hands.be("Martin")
    hands.sees("says thank you")
    assert hands.log.get_by_text("says thank you").count() == 1
    watch.look()


def issue_final(hands, watch, check):
    """A link is wanted and missing; then the final is issued, and the sponsor told."""
    hands.be("Priya")
    hands.say("/challenge issue final")
    hands.fill("Issue the final report", "Issue it", {"How does the sponsor": "By the link below"})
    hands.form.get_by_text("Error").first.wait_for()
    check()
    hands.fill("Issue the final report", "Issue it", {"Link": "https://files.exampleshire.example/final"})
    hands.sees("The final report of Exampleshire is issued")
    hands.be("Helen")
    hands.sees("https://files.exampleshire.example/final")
    watch.look()


def answer_questionnaire(hands, watch):
    """Asked for after the final: one peer answers one at a time and then by form, the other by form."""
    hands.be("Jo")
    hands.press("Send it")
    hands.sees("goes to Martin Lowe and Amir Khan")
    hands.be("Martin")
    hands.press("Start")
    hands.sees("What was your part?")
    hands.press("Lead peer")
    hands.sees("2 of 16")
    hands.say("no")
    hands.sees("3 of 16")
    for first, answer in (("Martin", "To a great extent"), ("Amir", "To a moderate extent")):
        hands.be(first)
        hands.press("Form")
        answers = {"The team had the right mix": answer, "What should be done differently": CHATTER}
        hands.fill("Your view as a peer", "Save", answers | {"Is that all?": "Send my answers now"})
        hands.sees("Sent. Thank you for your time.")
    watch.look()


def read_results(hands, watch, check):
    hands.be("Priya")
    hands.say("questionnaire results peer_team")
    hands.sees("2 of 2 answered")
    check()
    for first in ("Helen", "Sam"):
        hands.be(first)
        for word in ("status", "next all", "team", "help", "dates"):
            hands.say(word)
            hands.sees("")
        watch.look()
