import pytest

from handlers.themes import names

ONE = {"kloe 1": "Front door: are decisions consistent?", "Care leavers": "Care leavers"}
TWO = {
    "kloe 1": "Front door: are decisions consistent?",
    "kloe 2": "Front door: is help soon enough?",
    "Front door": "Front door",
}


@pytest.mark.parametrize(
    ("titles", "typed", "theme"),
    [
        (ONE, "Front door", "kloe 1"),
        (ONE, "kloe 1", "kloe 1"),
        (ONE, "Front door: are decisions consistent?", "kloe 1"),
        (ONE, "Care leavers", "Care leavers"),
        (TWO, "Front door", "Front door"),
        (TWO, "kloe 2", "kloe 2"),
        ({"kloe 1": "Is early help soon enough?"}, "Is early help soon enough?", "kloe 1"),
    ],
)
def test_names_lead_to_one_theme(titles, typed, theme):
    assert names(titles)[typed] == theme


def test_names_of_a_long_question_with_a_colon_are_its_own_words_only():
    text = "What do we know of children who wait: and for how long?"
    assert set(names({"kloe 1": text})) == {"kloe 1", text}
