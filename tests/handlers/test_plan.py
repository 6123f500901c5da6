from tests.conftest import talk
from tests.handlers.tasks_begun import WORKING


async def test_next_says_whose_when_and_why(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: next
Sam sees "Exampleshire: what is next for you"
Sam sees "Tuesday 20 October: 15 working days before Tuesday 10 November, the first day on site"
Dana: next
Dana sees "Exampleshire: nothing is waiting for you."
Dana: next sam
Dana sees "what is next for Sam Field"
Jo: next all
Jo sees "1. Hold the scoping meeting (Priya Shah)"
Jo: next ruth
Jo sees "what is next for Ruth Ellis"
Jo: next wibble
Jo sees "I know nobody called wibble"
Sam: next 🙂
Sam sees "I know nobody"
""",
    )


async def test_next_without_a_part_or_in_several_challenges_says_so(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
person "Zed Nobody", email="zed@nobody.example"
Zed: next
Zed sees "You have no part in a challenge yet"
Jo: new northmere lga_full
Jo: next
Jo sees "Which challenge do you mean?"
Jo: next in northmere
Jo sees "Northmere: what is next for you"
Sam: next in northmere
Sam never sees "Northmere: what is next"
""",
    )


def test_next_all_with_a_stop_after_it_is_next_all(house):
    assert [house.says("Jo", text).card for text in ("Next All!", "next all.")] == [
        house.says("Jo", "next all").card
    ] * 2
