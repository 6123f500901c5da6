"""Who was picked in a form arrives as a mention beside the field's text, and is who is meant."""

import pytest
from sqlalchemy import select

from store.person import Person
from store.role import Role
from tests.fakes.house import account

DANA, DAN = account("Dana Reed"), account("Dana Rhodes")
HERE = {"challenge": 1}


@pytest.fixture
def house(house):
    """Two people of nearly the same name are peers; the programme knows a third who is not."""
    house.says("Jo", "ready in exampleshire")
    for one in (DANA, DAN):
        house.says(one, "help")
        house.appoint(one.name, "peer")
    house.says(account("Amir Khan"), "help")
    return house


def _roles(house, name):
    rows = house.ask(select(Role).join(Person).where(Person.name == name, Role.ends.is_(None)))
    return sorted(row.role for row in rows)


def test_picked_person_stands_down_though_two_have_the_name(house):
    fields = {"name": "@Dana Reed", "role": ""}
    house.says("Jo", "stand down", fields=fields, mentions=(DANA,), hidden=HERE)

    assert house.outcome()[1]["template"] == "stood_down"
    assert (_roles(house, "Dana Reed"), _roles(house, "Dana Rhodes")) == ([], ["peer"])


def test_both_who_are_picked_in_one_form_are_meant_each_in_their_field(house):
    fields = {
        "name": "@Dana Rhodes",
        "to": "@Amir Khan",
        "day": "",
        "role": "",
        "email": "",
        "council": "Wex",
    }
    house.says("Jo", "hand over", fields=fields, mentions=(DAN, account("Amir Khan")), hidden=HERE)

    assert house.outcome()[1]["template"] == "handed_over"
    assert (_roles(house, "Dana Rhodes"), _roles(house, "Amir Khan")) == ([], ["peer"])


def test_somebody_new_who_is_picked_is_invited_without_an_address(house):
    fields = {"name": "@Amir Khan", "role": "peer", "expertise": "", "email": "", "council": "Wexborough"}
    house.says("Jo", "invite", fields=fields, mentions=(account("Amir Khan"),), hidden=HERE)

    assert house.outcome()[1]["template"] == "invited"


def test_person_who_is_picked_and_cannot_be_found_has_to_be_written_down(house):
    nobody = {"name": "", "role": ""}
    answer = house.says(
        "Jo", "stand down", fields=nobody, not_found=frozenset({"name"}), hidden=HERE, can_open_form=True
    )

    errors = {field.name: field.error for field in answer.form.fields if field.error}
    assert errors == {"name": house.answer("field_not_found").plain}


def test_name_that_is_written_down_works_too_and_an_error_stays_at_its_field(house):
    answer = house.says(
        "Jo", "stand down", fields={"name": "dana", "role": ""}, hidden=HERE, can_open_form=True
    )
    [name] = [field for field in answer.form.fields if field.name == "name"]
    house.says("Jo", "stand down", fields={"name": "Dana Reed", "role": ""}, hidden=HERE)

    assert (name.kind, name.value, bool(name.error)) == ("person", "dana", True)
    assert _roles(house, "Dana Reed") == []
