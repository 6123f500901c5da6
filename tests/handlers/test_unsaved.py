"""What is told when the database is in trouble, and when it was a mistake of ours."""

import pytest

from handlers.unsaved import unsaved
from store.trouble import Away, Busy, Full, InDoubt


@pytest.mark.parametrize(
    ("trouble", "template"), [(Away("57P01"), "away"), (Busy("55P03"), "busy"), (Full("53100"), "full")]
)
def test_trouble_of_the_database_says_that_nothing_was_saved_and_what_to_do(house, trouble, template):
    answer = unsaved(house.desk, "said-1", trouble, "A1B2")

    assert (answer.said, answer.broken) == ("said-1", True)
    assert answer.card == house.answer(f"records_{template}")
    assert "Nothing was saved" in answer.card.plain


def test_doubt_does_not_say_that_nothing_was_saved_and_leaves_the_answers_own_id(house):
    answer = unsaved(house.desk, "said-1", InDoubt("57P01"), "A1B2")

    assert (answer.said, answer.broken) == ("said-1?", True)
    assert answer.card == house.answer("records_in_doubt")
    assert "Nothing was saved" not in answer.card.plain


def test_mistake_of_ours_has_a_reference(house):
    answer = unsaved(house.desk, "said-1", LookupError(), "A1B2")

    assert answer.card == house.answer("broken", {"reference": "A1B2"})
