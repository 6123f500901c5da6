import pytest

from handlers.rules.scope import as_key_line, for_area, what_about_wording


@pytest.mark.parametrize(
    ("area", "asks"),
    [("Front door", "What about front door?"), ("SEND", "What about SEND?"), ("{x}", "What about {x}?")],
)
def test_question_for_an_area_names_it(area, asks):
    assert for_area("What about {area}?", area) == asks


def test_key_line_has_its_area_in_front_once():
    assert as_key_line("Front door", "Is it fair?") == "Front door: Is it fair?"
    assert as_key_line("Front door", "front door: is it fair?") == "front door: is it fair?"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Keep.", "keep"),
        ("split it", "split"),
        ("reword", "reword"),
        ("Keep families together?", ""),
        ("", ""),
    ],
)
def test_what_about_wording(text, wanted):
    assert what_about_wording(text) == wanted
