from tests.conftest import talk
from tests.handlers.team_begun import PEOPLE

CLAIMED = PEOPLE + "\nat 2026-07-06 09:30\nJo: claim rehearsal\n"


async def test_ready_with_nobody_to_contact_is_refused_and_pressed_twice_changes_nothing(room):
    _, client = room
    await talk(
        client,
        CLAIMED
        + """
Jo: new exampleshire lga_full 10-13 nov
Jo presses "Ready to contact"
Jo sees "There is nobody to contact about Exampleshire yet"
Jo: invite @Dana from saltmarsh as peer
Dana never sees "possible peer"
Jo: ready
Jo sees "From now on I may contact people about Exampleshire"
Dana sees "possible peer"
Jo: ready
Jo sees "People can already be contacted about Exampleshire"
""",
    )


async def test_new_with_wrong_council_format_or_days_is_refused(room):
    _, client = room
    await talk(
        client,
        CLAIMED
        + """
Jo: new exampleshire lga_full 10-30 nov
Jo sees "21 days"
Jo: new exampleshire lga_ful
Jo sees "must be one of"
Jo: new
Jo fills "New challenge": council=
Jo sees "Please fill in"
Jo: new exampleshire lga_full
Jo sees "Exampleshire is open"
Jo: new exampleshire county council lga_full
Jo sees "already"
Helen: new northmere lga_full
Helen sees "I can't do new for you"
""",
    )
