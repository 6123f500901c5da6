from dataclasses import dataclass

import pytest

from handlers.rules.people import match


@dataclass(frozen=True)
class Somebody:
    name: str
    email: str | None = None


HELEN = Somebody("Helen Marsh", "helen@exampleshire.example")
HELENA = Somebody("Helena Price")
OTHER_HELEN = Somebody("Helen Okafor")
ZOE = Somebody("Zoë O'Neill")
AMIR = Somebody("Cllr Amir Ahmed-Jones")
MARTIN = Somebody("Martin Marsh")
EVERYBODY = [HELENA, ZOE, AMIR, MARTIN]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("helena", [HELENA]),
        ("HELENA PRICE", [HELENA]),
        ("@Helena", [HELENA]),
        ("hel", [HELENA]),
        ("zoe", [ZOE]),
        ("Zoë", [ZOE]),
        ("zoe oneill", [ZOE]),
        ("O\u2019Neill", [ZOE]),
        ("amir", [AMIR]),
        ("councillor amir ahmed jones", [AMIR]),
        ("Jones", [AMIR]),
        ("martin marsh", [MARTIN]),
        ("a", []),
        ("priya", []),
        ("", []),
        ("@", []),
    ],
)
def test_match_as_typed_finds_who_is_meant(typed: str, found: list[Somebody]) -> None:
    assert match(typed, EVERYBODY) == found


def test_match_a_first_name_comes_before_the_beginning_of_another() -> None:
    assert match("helen", [HELENA, HELEN]) == [HELEN]


def test_match_a_first_name_of_two_finds_both() -> None:
    assert match("helen", [HELEN, OTHER_HELEN, HELENA]) == [HELEN, OTHER_HELEN]


def test_match_a_surname_of_two_finds_both() -> None:
    assert match("marsh", [HELEN, MARTIN]) == [HELEN, MARTIN]


def test_match_an_address_finds_whose_it_is() -> None:
    assert match("Helen@Exampleshire.example", [OTHER_HELEN, HELEN]) == [HELEN]


def test_match_among_bare_names_finds_the_names() -> None:
    assert match("zoe", ["Helena Price", "Zoë O'Neill"]) == ["Zoë O'Neill"]
