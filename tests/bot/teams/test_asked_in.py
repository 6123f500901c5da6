"""What was asked in a channel and is answered in the personal chat says where it was asked."""


async def _answer(teams, user, place, text):
    """The last message to somebody, after they said something in a place."""
    await teams.peer.say(user, place, f"@Critical Friend {text}")
    await teams.rest()
    return teams.of_the_bot(user)[-1].plain


async def test_note_where_the_council_reads_is_to_be_deleted_in_the_room_that_is_named(teams):
    room = await teams.room("liaison")
    plain = await _answer(teams, teams.ruth, room, "note the front door team is overwhelmed")

    assert plain.startswith(
        "In the liaison room of Exampleshire:\nPlease delete this now: the council can read here"
    )


async def test_answer_to_what_was_asked_in_no_room_of_ours_says_what_kind_of_place_it_was(teams):
    chat = teams.peer.add_chat("Exampleshire", teams.jo, teams.ruth)
    await teams.peer.install_in(chat, by=teams.jo)

    in_channel = await _answer(teams, teams.jo, teams.peer.general(teams.team), "status")
    in_chat = await _answer(teams, teams.jo, chat, "status")
    assert (in_channel.split("\n")[0], in_chat.split("\n")[0]) == ("In a channel:", "In a group chat:")


async def test_answer_in_the_chat_where_it_was_asked_names_no_place(teams):
    plain = await _answer(teams, teams.jo, teams.peer.direct(teams.jo), "status")

    assert not plain.startswith("In ")


async def test_answer_that_the_postman_brings_says_where_it_was_asked(teams):
    room = await teams.room("liaison")
    teams.peer.unkind.status("send")
    await teams.peer.say(teams.ruth, room, "@Critical Friend status")
    await teams.deliver()
    teams.house.clock.wait(3600)
    await teams.deliver()

    told = [one.plain.split("\n")[0] for one in teams.of_the_bot(teams.ruth)]
    assert told.count("In the liaison room of Exampleshire:") == 1
