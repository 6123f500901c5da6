from dataclasses import dataclass

import pytest

from handlers.rules.people import called, in_full


@dataclass(frozen=True)
class One:
    name: str
    email: str | None = None


DANA, OTHER, NEIL = One("Dana Reed", "dana@saltmarsh.example"), One("Dana Okafor"), One("Siân O'Neil")
EVERYBODY = [DANA, OTHER, NEIL]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("dana", [DANA, OTHER]),
        ("Dana Reed", [DANA]),
        ("DANA@saltmarsh.example", [DANA]),
        ("sian", [NEIL]),
        ("Sian O\u2019Neil", [NEIL]),
        ("Reed", []),
        ("Dan", []),
        ("", []),
    ],
)
def test_called_guesses_nothing_from_a_surname_or_a_beginning(name, found):
    assert called(name, EVERYBODY) == found


def test_in_full_is_the_address_or_the_whole_name():
    assert in_full("dana reed", DANA)
    assert in_full("dana@saltmarsh.example", DANA)
    assert not in_full("dana", DANA)
