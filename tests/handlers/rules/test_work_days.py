import pytest

from handlers.rules.work_days import names, read, toggled


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-thu", "1234"),
        ("Mon to Thu", "1234"),
        ("monday, tuesday and friday", "125"),
        ("mon tue fri.", "125"),
        ("mon-tue, thu", "124"),
        ("not wednesdays", "1245"),
        ("every day but wed", "1245"),
        ("on thursdays", "4"),
        ("weekdays", "12345"),
        ("fri - sat", "5"),
        ("mon \u2013 wed", "123"),
    ],
)
def test_read_days_as_typed_is_those_days(text, days):
    assert read(text) == days


@pytest.mark.parametrize(
    "text", ["", "sat", "thu-mon", "mornings", "in the front door team", "m", "not mon-fri"]
)
def test_read_what_names_no_days_from_monday_to_friday_is_none(text):
    assert read(text) is None


def test_toggled_turns_each_day_round_and_never_leaves_none():
    assert list(toggled("1")) == [
        ("Tuesday", False, "Monday Tuesday"),
        ("Wednesday", False, "Monday Wednesday"),
        ("Thursday", False, "Monday Thursday"),
        ("Friday", False, "Monday Friday"),
    ]
    assert all(read(days) for _, _, days in toggled("12345"))
    assert names("15") == ["Monday", "Friday"]
