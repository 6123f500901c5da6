from tests.conftest import talk
from tests.handlers.team_begun import BEGUN, CONFIRMED, PEOPLE, READY


async def test_confirm_before_ready_tells_nobody_and_after_it_everybody_once(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
        """.strip()
        + """
Helen never sees "you as sponsor"
Ruth never sees "you as peer challenge manager"
Jo: ready
Helen sees "Exampleshire, you as sponsor."
Ruth sees "Exampleshire, you as peer challenge manager."
Jo: ready
Helen: team
Helen sees "sponsor: Helen Marsh (Exampleshire)"
""",
    )


async def test_confirm_somebody_unknown_opens_the_form_and_asks_for_their_address(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Jo: confirm lena as organiser
Jo sees "I know nobody called lena yet"
Jo fills "Appoint": email=lena at exampleshire
Jo sees "This does not look like an e-mail address"
Jo fills "Appoint": email=lena@exampleshire.example; name=Léna D'Souza
Jo sees "Léna D'Souza is council organiser in Exampleshire. Léna D'Souza works for Exampleshire"
Jo: confirm lena as organiser
Jo sees "Léna D'Souza is council organiser in Exampleshire already"
Jo: confirm lena d’souza as director
Jo sees "Léna D'Souza is director in Exampleshire"
""",
    )


async def test_confirm_in_an_unknown_role_or_in_none_is_said_at_the_field(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Jo: confirm @Sam as boss
Jo sees "must be one of"
Jo: confirm @Sam
Jo sees "In which role?"
Jo fills "Appoint": role=organiser
Jo sees "Sam Field is council organiser in Exampleshire"
Jo: confirm
Jo sees "Appoint"
Jo fills "Appoint": name=
Jo sees "Please fill in"
""",
    )


async def test_confirm_a_peer_who_works_for_the_council_is_refused_with_the_reason(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Jo: confirm @Sam as lead peer
Jo sees "Sam Field works for Exampleshire, so Sam Field can't be in the team that looks at Exampleshire"
Jo: confirm @Sam from northmere as peer
Jo sees "Sam Field works for Exampleshire"
Jo: invite @Amir from exampleshire county council as peer
Jo sees "Amir Farah works for Exampleshire"
Jo: team
Jo sees "Still to find: 1 organiser, 1 lead peer, 3 peers"
""",
    )


async def test_confirm_on_both_sides_and_in_both_agreeing_roles_is_refused(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Jo: confirm dana as organiser
Jo sees "has a part on another side"
Jo: confirm jo as sponsor
Jo sees "has a part on another side"
Jo: confirm martin as pcm
Jo sees "Two different people must agree"
""",
    )


async def test_confirm_above_oneself_or_without_the_role_is_refused(room):
    _, client = room
    await talk(
        client,
        CONFIRMED
        + """
Ruth: confirm @Ruth as programme manager
Ruth sees "You can't give or take the role of programme manager"
Ruth: confirm @Sam as organiser
Ruth sees "Sam Field is council organiser in Exampleshire"
Sam: confirm @Tom as organiser
Sam sees "I can't do confirm for you"
Dana: confirm dana as lead peer
Dana sees "I can't do confirm for you"
""",
    )


async def test_confirm_an_observer_needs_the_councils_permission(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Jo: confirm @Tom as observer
Jo sees "only with the council's permission"
Jo fills "Appoint": council_agrees=yes
Jo sees "Tom Hale is observer in Exampleshire"
""",
    )


async def test_confirm_more_than_the_format_looks_for_is_allowed_and_remarked_on(room):
    _, client = room
    await talk(
        client,
        BEGUN + 'Jo: confirm @Tom as sponsor\nJo sees "That makes 2; this format looks for 1 at most"\n',
    )


async def test_confirm_a_programme_role_without_a_challenge_meant_counts_everywhere(room):
    _, client = room
    await talk(
        client,
        PEOPLE
        + """
Jo: claim rehearsal
Jo: confirm @Priya as programme manager
Jo sees "Priya Shah is programme manager for the whole programme"
Priya sees "for every challenge of the programme"
Jo: confirm priya as programme manager
Jo sees "Priya Shah is programme manager for the whole programme already"
Priya: new exampleshire lga_full
Priya: new northmere lga_full
Jo: confirm @Ruth as principal adviser in northmere
Jo sees "Ruth Ellis is principal adviser in Northmere"
Jo: confirm @Amir as sponsor for the programme
Jo sees "must be one of"
Jo: confirm ruth as principal adviser for the programme
Jo sees "Is that who you mean by ruth?"
Jo presses "Ruth Ellis"
Jo sees "Ruth Ellis is principal adviser for the whole programme"
Jo: stand down jo for the programme
Jo sees "Jo Baker is the only project coordinator"
Jo: stand down priya in exampleshire
Jo sees "Priya Shah is programme manager for the whole programme"
Jo presses "Stand down from the programme"
Jo sees "Priya Shah is no longer programme manager for the whole programme"
Jo: stand down priya for the programme
Jo sees "I know nobody called priya"
Priya: new saltmarsh lga_full
Priya sees "I can't do new for you"
""",
    )


async def test_confirm_one_of_two_people_with_one_name_asks_and_the_press_carries_the_choice(room):
    _, client = room
    await talk(
        client,
        READY
        + """
person "Dana Okafor", email="dana@wexborough.example"
Jo: invite @Dana from saltmarsh as peer
Jo: invite dana@wexborough.example as peer
Jo fills "Invite": name=Dana Okafor; council=Wexborough
Jo sees "Dana Okafor (Wexborough) is invited as peer"
Jo: confirm dana
Jo sees "There are several people called dana: Dana O'Neil (Saltmarsh); Dana Okafor (Wexborough)"
Jo presses "Dana Okafor (Wexborough)"
Jo sees "Dana Okafor is peer in Exampleshire"
Jo: confirm dana
Jo presses "Dana Okafor (Wexborough)"
Jo sees "Dana Okafor is peer in Exampleshire already"
Jo: stand down dana o'neil
Jo sees "Dana O'Neil is no longer invited as peer"
""",
    )


async def test_confirm_a_name_from_elsewhere_asks_and_somebody_else_opens_the_form(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Tom: help
Jo: confirm tom as organiser
Jo sees "I know Tom Hale (Exampleshire) from elsewhere in the programme"
Jo presses "Somebody else"
Jo fills "Appoint": name=Tom Ash; email=tom.ash@exampleshire.example
Jo sees "Tom Ash is council organiser in Exampleshire"
""",
    )


async def test_confirm_of_somebody_whose_employer_is_not_known_says_the_line_that_does_it(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Jo: help confirm
Jo sees "confirm @Ruth from Northmere as lead peer"
Jo: confirm @Martin as lead
Jo sees "Which council or organisation does Martin Reed work for?"
Jo sees "confirm @Martin Reed from COUNCIL as lead peer"
Jo: confirm @Martin Reed from Northmere as lead peer
Jo sees "Martin Reed is lead peer in Exampleshire"
Jo: invite @Dana as peer for care leavers
Jo sees "invite @Dana O'Neil from COUNCIL as peer for care leavers"
Jo: invite @Dana O'Neil from Saltmarsh as peer for care leavers
Jo sees "The question leaves when you press Ready to contact"
""",
    )


async def test_employer_that_a_form_leaves_out_is_asked_for_without_a_line_to_type(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Jo: confirm
Jo fills "Appoint": name=Martin Reed; role=lead_peer; email=martin@northmere.example
Jo sees "nobody looks at the council that employs them"
Jo never sees "from COUNCIL"
""",
    )


async def test_several_people_in_one_line_are_asked_for_one_at_a_time(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Jo: confirm @Sam as organiser and @Martin as lead peer
Jo sees "Please name one person at a time"
Jo: invite amir, tom and dana as peers
Jo sees "Please name one person at a time"
Jo: stand down @Helen & @Ruth
Jo sees "Please name one person at a time"
Jo: confirm @Tom, @Sam as organiser
Jo sees "Please name one person at a time"
Jo: invite @Dana from Bath and North East Somerset as peer for care leavers and early help
Jo sees "The question leaves when you press Ready to contact"
""",
    )


async def test_mentioned_name_with_and_in_it_is_one_persons(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
person "Kit and Kim Lane", email="kit@northmere.example"
Jo: confirm @Kit and Kim Lane from Northmere as lead peer
Jo sees "Kit and Kim Lane is lead peer in Exampleshire"
""",
    )


DANA = {"name": "Dana O'Neil", "role": "peer", "email": "dana@saltmarsh.example"}


def _needed(form):
    return {field.name for field in form.fields if field.required}


def test_form_is_opened_with_the_employer_to_fill_in_only_where_it_is_needed(house):
    plain = house.says("Jo", "confirm", can_open_form=True).form
    again = house.says("Jo", "confirm", fields=DANA, can_open_form=True).form
    house.says("Jo", "confirm", fields=DANA)
    waits = house.outcome()[1]["hidden"]
    opened = house.says("Jo", "confirm", hidden=waits, can_open_form=True).form

    assert _needed(plain) == {"name"}
    assert _needed(again) == _needed(opened) == {"name", "council"}
    assert "needed" not in opened.hidden


def test_address_of_somebody_unknown_may_be_left_out_for_another_name(house):
    form = house.says("Jo", "confirm", fields={"name": "Nora", "role": "peer"}, can_open_form=True).form

    assert _needed(form) == {"name"}
