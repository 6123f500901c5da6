"""The room clicked through in a real browser."""

import re

import pytest

from bot.room import messages, places
from tests.bot.room.cards import card
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

SECRET = "Housing choices came up three times."


def become(page, name):
    page.get_by_role("navigation", name="Who you are being").get_by_role("button", name=name).click()
    page.get_by_role("button", name=name, pressed=True).wait_for()


def go(page, title):
    page.locator("#place-list").get_by_role("button", name=re.compile(title)).click()
    page.get_by_role("heading", name=re.compile(title), level=2).wait_for()


def type_in(page, text):
    page.locator("#message").fill(text)
    page.keyboard.press("Enter")


def talk(page):
    return page.locator("#log").inner_text()


def test_direct_words_are_answered_live(open_page):
    page = open_page("ruth")
    type_in(page, "status")
    page.get_by_text("Preparation. Two things wait for you.").wait_for()
    assert page.locator("#message").input_value() == ""


def test_words_typed_while_others_are_on_their_way_follow_them(open_page):
    page, typed = open_page("ruth"), ["status", "and one more thing"]
    page.evaluate("""() => {
      const ask = window.fetch;
      window.fetch = (...what) => what[0] !== "/room/say" ? ask(...what)
        : new Promise((go) => { window.letGo = () => go(ask(...what)); });
      window.keepNoMore = () => { window.fetch = ask; letGo(); };
    }""")
    for words in typed:
        type_in(page, words)
    assert page.locator("#message").input_value() == ""
    page.evaluate("keepNoMore()")
    page.get_by_text("You said: and one more thing").wait_for()
    assert [one for one in page.locator("#log .typed").all_inner_texts() if one in typed] == typed


def test_another_person_sees_only_what_is_theirs_and_nothing_is_left(open_page):
    page = open_page("ruth")
    go(page, "peer team")
    page.get_by_text(SECRET).wait_for()
    received = []
    page.on("response", lambda answer: received.append(answer.url))
    become(page, "Helen")
    page.get_by_text("Confirms our 5.45pm conversation").wait_for()
    assert SECRET not in page.content()
    assert "peer team" not in page.content()
    places = page.locator("#place-list").inner_text()
    assert "council" in places
    assert not any("ruth" in url for url in received)


def test_sponsors_page_never_receives_what_the_team_says(open_page, room):
    page = open_page("helen")
    page.evaluate("""() => {
      window.everything = [];
      const line = new EventSource("/room/stream?as=helen");
      line.addEventListener("view", (event) => everything.push(event.data));
    }""")
    team = places.made_with(room.house.chat, "team")
    room.do(room.house.platform.post(team, card("Unreleased: thresholds differ"), "n1"))
    room.do(room.house.platform.post("direct-helen", card("A word for Helen"), "n2"))
    page.get_by_text("A word for Helen").wait_for()
    page.wait_for_function("everything.some((data) => data.includes('A word for Helen'))")
    assert page.evaluate("everything.some((data) => /Unreleased|peer team/.test(data))") is False


def test_new_message_leaves_what_is_being_typed_and_its_focus(open_page, room):
    page = open_page("ruth")
    page.locator("#message").press_sequentially("half a tho")
    room.do(room.house.platform.post("direct-ruth", card("Good morning"), "m1"))
    page.get_by_text("Good morning").wait_for()
    page.keyboard.type("ught")
    assert page.locator("#message").input_value() == "half a thought"
    go(page, "peer team")
    assert page.locator("#message").input_value() == ""
    go(page, "Critical Friend")
    assert page.locator("#message").input_value() == "half a thought"
    become(page, "Dana")
    assert page.locator("#message").input_value() == ""


def test_edited_card_keeps_the_focus_on_the_same_button(open_page, room):
    page = open_page("helen")
    page.get_by_role("button", name="Add context").focus()
    [shown] = [one for one in messages.seen_by(room.house.chat, "helen") if one.place == "direct-helen"]
    buttons = shown.buttons
    room.do(room.house.platform.edit(shown.address, card("Corrected at 6pm", *buttons), "e1"))
    page.get_by_text("Corrected at 6pm").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Add context"


def test_form_with_an_error_is_mended_and_sent_in(open_page, room):
    page = open_page("ruth")
    type_in(page, "/challenge kloe add")
    form = page.get_by_role("dialog", name="Key line of enquiry")
    form.get_by_role("button", name="Save").click()
    page.get_by_text("Error: Say what the team should find out.").wait_for()
    assert page.evaluate("document.activeElement.name") == "text"
    form.get_by_label("What should the team find out?").fill("Is early help <b>soon</b> enough?")
    form.get_by_role("group", name="Who else works on it").get_by_label("Martin Webb").check()
    form.get_by_role("button", name="Save").click()
    page.get_by_text("Key line of enquiry 1 added: Is early help <b>soon</b> enough?").wait_for()
    form.wait_for(state="hidden")
    assert room.house.heard[-1].fields["with"] == ["martin"]


def test_button_opens_a_form_and_escape_closes_it_and_gives_focus_back(open_page, room):
    page = open_page("ruth")
    go(page, "peer team")
    page.get_by_role("button", name="Add note").focus()
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Key line of enquiry")
    form.wait_for()
    page.keyboard.press("Escape")
    form.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.textContent") == "Add note"
    assert [said.text for said in room.house.heard] == ["kloe add"]


def test_clock_moves_and_what_is_due_is_seen(open_page):
    page = open_page("ruth")
    go(page, "peer team")
    page.get_by_role("button", name="Next moment: 4.45pm").click()
    page.get_by_text("Time for today's notes.").wait_for()
    page.get_by_text("Monday 6 July 2026, 4.45pm").first.wait_for()
    page.get_by_role("button", name="+1 hour").click()
    page.locator("#clock-words", has_text="5.45pm").wait_for()
    page.get_by_role("button", name="Next morning").click()
    page.locator("#clock-words", has_text="Tuesday 7 July 2026, 9am").wait_for()
    page.get_by_role("button", name="Nothing is due").wait_for()


def test_markup_typed_is_shown_as_typed(open_page):
    page = open_page("ruth")
    typed = "<img src=x onerror=\"document.title='broken'\"></script>{{ 7*7 }} **bold** <!channel> 🙂"
    type_in(page, typed)
    page.get_by_text(f"You said: {typed}").wait_for()
    assert typed in talk(page)
    assert "broken" not in page.title()


def test_whisper_says_who_sees_it_and_others_do_not_get_it(open_page):
    page = open_page("dana")
    go(page, "peer team")
    page.get_by_text("Only you can see this").wait_for()
    become(page, "Martin")
    go(page, "peer team")
    assert "Noted for today" not in page.content()


def test_unread_marks_come_and_go(open_page, room):
    page = open_page("ruth")
    unread = page.locator("#place-list").get_by_role("button", name=re.compile("peer team.*unread"))
    unread.wait_for()
    go(page, "peer team")
    go(page, "Critical Friend")
    unread.wait_for(state="detached")
    assert page.title().startswith("(")
    become(page, "Dana")
    assert not page.locator("#place-list").get_by_text("liaison").is_visible()


def test_unkindness_is_kept_from_page_to_page(open_page):
    page = open_page("ruth")
    page.get_by_text("Room settings").click()
    with page.expect_response("**/room/unkind"):
        page.get_by_label("Deliver everything twice").check()
    other = open_page("helen")
    other.get_by_text("Room settings").click()
    assert other.get_by_label("Deliver everything twice").is_checked()
    assert not other.get_by_label("Be slow").is_checked()
    other.keyboard.press("Escape")
    assert not other.get_by_label("Be slow").is_visible()


def test_first_visit_asks_who_to_be_and_a_reload_remembers(open_page, room):
    page = open_page("ruth")
    page.goto("about:blank")
    page.goto(f"{room.address}/")
    page.get_by_role("heading", name="Who would you like to be?").wait_for()
    assert SECRET not in page.content()
    page.locator("#log").get_by_role("button", name="Helen Marsh").click()
    page.get_by_role("button", name="Helen", pressed=True).wait_for()
    page.reload()
    page.get_by_role("button", name="Helen", pressed=True).wait_for()


def test_card_longer_than_the_page_is_read_from_its_top(open_page, room):
    page = open_page("ruth", viewport=PHONE)
    long = "Long. " * 600
    room.do(room.house.platform.post("direct-ruth", card(f"Beginning {long}"), "long"))
    shown = page.get_by_text("Beginning Long.")
    shown.wait_for()
    log = page.locator("#log").bounding_box()
    assert log["y"] <= shown.bounding_box()["y"] < log["y"] + 120


def test_answer_to_what_one_types_is_followed_wherever_one_reads(open_page, room):
    page = open_page("ruth")
    room.do(room.house.platform.post("direct-ruth", card(f"Before {'Long. ' * 600}"), "long"))
    page.get_by_text("Before Long.").wait_for()
    type_in(page, "status")
    answer = page.get_by_text("Preparation. Two things wait for you.")
    answer.wait_for()
    page.wait_for_function("document.querySelector('#newer').hidden")
    assert answer.bounding_box()["y"] < page.locator("#composer").bounding_box()["y"]


def test_start_from_nothing_then_a_person_and_a_room(open_page, axe, room):
    page = open_page("ruth")
    page.get_by_text("Room settings").click()
    page.get_by_role("button", name="Start from nothing").click()
    page.get_by_role("button", name="Keep everything").click()
    assert room.house.started == ["preparation"]
    page.get_by_text("Room settings").click()
    page.get_by_role("button", name="Start from nothing").click()
    page.get_by_role("button", name="Begin again", exact=True).click()
    page.get_by_text("Nobody is here yet").wait_for()
    assert SECRET not in page.content()
    assert "claim rehearsal" in talk(page)
    assert axe(page) == []
    page.get_by_role("button", name="Add the first person").click()
    page.get_by_label("Name", exact=True).fill("Priya Nair")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("claim rehearsal").wait_for()
    page.get_by_role("button", name="Priya", pressed=True).wait_for()
    page.get_by_role("button", name="Make a room").click()
    page.get_by_label("Name of the room").fill("Regional programme")
    page.get_by_role("button", name="Make", exact=True).click()
    page.get_by_role("heading", name="Regional programme", level=2).wait_for()
    type_in(page, "/challenge status")
    page.get_by_text("Preparation. Two things wait for you.").wait_for()


def test_refusal_is_said_and_what_was_typed_is_given_back(open_page):
    page = open_page("ruth")
    type_in(page, "x" * 20_001)
    page.get_by_role("alert").get_by_text("at most 20,000 characters").wait_for()
    assert len(page.locator("#message").input_value()) == 20_001


def test_phone_drawer_opens_and_closes_by_keyboard(open_page):
    page = open_page("ruth", viewport=PHONE)
    opener = page.get_by_role("button", name=re.compile(r"^Places"))
    opener.focus()
    page.keyboard.press("Enter")
    page.locator("#place-list [aria-current]").wait_for(state="visible")
    page.keyboard.press("Escape")
    page.locator("#place-list").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.id") == "drawer-open"
    page.keyboard.press("Enter")
    go(page, "peer team")
    page.locator("#place-list").wait_for(state="hidden")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["width"]


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_no_violation(open_page, axe, room, viewport, colours):
    page = open_page("dana", viewport=viewport, color_scheme=colours, reduced_motion="reduce")
    page.goto("about:blank")
    page.goto(room.address)
    page.get_by_role("heading", name="Who would you like to be?").wait_for()
    assert axe(page) == []
    page.locator("#log").get_by_role("button", name="Dana").click()
    page.locator("#place-list [aria-current]").wait_for(state="attached")
    assert axe(page) == []
    if viewport == PHONE:
        page.locator("#drawer-open").click()
        assert axe(page) == []
    go(page, "peer team")
    assert axe(page) == []
    page.locator("#menu summary").click()
    assert axe(page) == []
    page.locator("#menu summary").click()
    type_in(page, "/challenge kloe add")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Error: Say what the team should find out.").wait_for()
    assert axe(page) == []


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, PHONE], ids=["desktop", "phone"])
def test_every_control_is_large_enough(open_page, viewport):
    page = open_page("dana", viewport=viewport)
    small = page.evaluate("""() => [...document.querySelectorAll("button, summary, textarea, input")]
      .map((one) => [one.textContent.trim() || one.id, (one.closest("label") ?? one).getBoundingClientRect()])
      .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([name]) => name)""")
    assert small == []


def test_somebody_is_brought_into_a_room_leaves_it_and_it_is_closed_and_opened(open_page, room):
    page = open_page("ruth")
    go(page, "peer team")
    here = page.get_by_role("button", name="Who is here")
    here.click()
    sheet = page.get_by_role("dialog", name="Who is in this room")
    sheet.get_by_label("Somebody else comes in").select_option(label="Sam Idle")
    sheet.get_by_role("button", name="Bring in").click()
    page.locator("#talk-topic").get_by_text("Sam Idle").wait_for()
    here.click()
    sheet.get_by_role("button", name="Close this room").click()
    page.locator("#talk-topic").get_by_text("Closed").wait_for()
    here.click()
    sheet.get_by_role("button", name="Open it again").click()
    page.locator("#talk-topic").get_by_text("Closed").wait_for(state="detached")
    here.click()
    sheet.get_by_role("button", name="Leave this room").click()
    page.locator("#place-list").get_by_text("peer team").wait_for(state="detached")
    kinds = ["entered", "room_gone", "room_back", "departed"]
    assert [event.kind for event in room.house.happenings] == kinds


def test_direct_conversation_has_nobody_to_bring_in(open_page):
    page = open_page("ruth")
    assert page.get_by_role("button", name="Who is here").is_hidden()
