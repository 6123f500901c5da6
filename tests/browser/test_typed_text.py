"""Whatever is typed in the page is shown as it was typed: in the message, in the form, in the bot's cards."""

import pytest

from tests.browser.conftest import played, rehearsed, serving
from tests.browser.hands import Hands

pytestmark = pytest.mark.browser

OPENING = """
person "Jo Baker", council="Regional programme", email="jo@programme.example"
at 2026-07-06 09:30
Jo: claim rehearsal
Jo: new exampleshire lga_full 10-13 nov
"""
HOSTILE = [
    "Is </script><img src=x onerror=\"document.title='broken'\"> safe?",
    "What is {{ 7*7 }} or ${7*7}?",
    "Do **stars**, <!channel> and [links](https://x.example) stay?",
    "هل الدعم جاهز؟ (18)",
    "Are 👩‍👩‍👧 and 🏳️‍🌈 whole?",
]


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with serving(lambda: rehearsed(tmp_path_factory.mktemp("typed"))) as running:
        running.do(played(running.house, OPENING))
        yield running


@pytest.mark.parametrize("typed", HOSTILE, ids=["html", "template", "markup", "right-to-left", "emoji"])
def test_hostile_text_typed_is_shown_as_typed(open_page, typed):
    hands = Hands(open_page("jo"))
    hands.say("/challenge kloe add")
    hands.fill("Key line of enquiry", "Add", {"What should the team find out": typed})
    hands.sees(typed)
    hands.say(f"kloe add {typed}")
    hands.sees(typed)
    assert hands.log.locator(".typed").last.inner_text() == f"kloe add {typed}"
    assert hands.log.locator("img[src=x], a[href*='x.example']").count() == 0
    assert "broken" not in hands.page.title()
    assert "49" not in hands.newest()


def test_long_text_typed_is_shown_whole_and_refused_with_its_limit(open_page):
    hands = Hands(open_page("jo"))
    typed = "five words that are long " * 200
    hands.say(f"/challenge kloe add {typed}")
    hands.form.get_by_text("this has 4999").wait_for()
    assert hands.form.get_by_label("What should the team find out").input_value() == typed.strip()
    hands.page.get_by_role("button", name="Close this form").click()
    assert hands.log.locator(".typed").last.inner_text() == f"/challenge kloe add {typed}"


def test_form_sent_in_twice_quickly_has_one_effect_and_one_answer(open_page):
    hands = Hands(open_page("jo"))
    hands.say("/challenge kloe add")
    hands.form.get_by_label("What should the team find out").fill("Is it said once?")
    hands.form.get_by_role("button", name="Add", exact=True).dblclick()
    hands.sees("added: Is it said once?")
    hands.say("kloe")
    hands.sees("key lines of enquiry")
    assert hands.newest().count("Is it said once?") == 1
    assert hands.log.get_by_text("added: Is it said once?").count() == 1
