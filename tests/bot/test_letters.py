from hypothesis import given
from hypothesis import strategies as st

from bot.letters import cut, drawable, short, units, web_link
from tests.hostile import quick, texts


@quick
@given(texts, st.integers(2, 500))
def test_cut_any_text_joins_to_the_same_text(text, most):
    pieces = cut(text, most)

    assert "".join(pieces) == text
    assert all(0 < units(piece) <= most for piece in pieces)


def test_cut_text_with_spaces_falls_after_a_space():
    assert cut("early help is soon enough", 12) == ("early help ", "is soon ", "enough")


def test_cut_text_of_joined_emoji_keeps_each_whole():
    family = "👩‍👩‍👧‍👦"

    assert cut(family * 3, 25) == (family * 2, family)


def test_drawable_control_letters_are_shown_as_missing():
    assert drawable("a\x00b\x1bc\ud800d\te\nf") == "a\ufffdb\ufffdc\ufffdd\te\nf"


def test_drawable_new_lines_of_all_kinds_become_one_kind():
    assert drawable("a\r\nb\rc\u2028d\x85e") == "a\nb\nc\nd\ne"


def test_short_long_label_ends_in_three_dots():
    assert short("Agree the scoping proposal", 12) == "Agree the…"


def test_short_blank_label_is_a_dash():
    assert short(" \n", 75) == "–"


def test_web_link_to_a_script_is_none():
    links = [
        "https://a.example/b?c=1",
        "javascript:alert(1)",
        "//a.example",
        " https://a.example",
        None,
    ]

    assert list(map(web_link, links)) == ["https://a.example/b?c=1", None, None, None, None]
