from bot.room import appeared, forms, messages, places
from tests.bot.room.cards import card, key_line_form


def plain(chat, account, since=0):
    return [item.plain for item in appeared.to(chat, account, since)]


def test_whisper_appears_to_its_one_person_only(chat, house):
    team = house.room("Team", "team", house.person("Ruth Okafor"), house.person("Dana Reed"))
    since = chat.sequence()
    messages.post(chat, place=team, card=card("For Dana"), key="1", only_for="dana")
    assert plain(chat, "dana", since) == ["For Dana"]
    assert plain(chat, "ruth", since) == []


def test_room_joined_appears_with_its_newest_history(chat, house):
    house.person("Ruth Okafor")
    team = house.room("Team", "team")
    posted = messages.post(chat, place=team, card=card("Draft that was mended"), key="1")
    messages.edit(chat, posted, card("Mended"), "2")
    since = chat.sequence()
    assert plain(chat, "ruth") == []
    places.join(chat, team, "ruth")
    assert plain(chat, "ruth", since) == ["Team\nWho reads here: Team", "Mended"]


def test_edit_appears_as_a_new_version(chat, house):
    house.person("Ruth Okafor")
    posted = messages.post(chat, place="direct-ruth", card=card("One"), key="1")
    since = chat.sequence()
    messages.edit(chat, posted, card("Two"), "2")
    assert plain(chat, "ruth", since) == ["Two"]
    assert plain(chat, "ruth") == ["One", "Two"]


def test_message_after_leaving_never_appears(chat, house):
    team = house.room("Team", "team", house.person("Ruth Okafor"))
    messages.post(chat, place=team, card=card("Before"), key="1")
    places.leave(chat, team, "ruth")
    since = chat.sequence()
    messages.post(chat, place=team, card=card("After"), key="2")
    assert plain(chat, "ruth", since) == []
    assert "Before" in plain(chat, "ruth")


def test_coming_back_appears_only_what_was_missed(chat, house):
    team = house.room("Team", "team", house.person("Ruth Okafor"))
    messages.post(chat, place=team, card=card("Before"), key="1")
    places.leave(chat, team, "ruth")
    messages.post(chat, place=team, card=card("Between"), key="2")
    since = chat.sequence()
    places.join(chat, team, "ruth")
    assert plain(chat, "ruth", since) == ["Between"]


def test_form_appears_to_the_one_it_stands_before(chat, house):
    team = house.room("Team", "team", house.person("Ruth Okafor"), house.person("Dana Reed"))
    since = chat.sequence()
    form = key_line_form(typed="Known already", error="Say more.")
    number = forms.put(chat, form, account="ruth", place=team, said="a")
    [item] = appeared.to(chat, "ruth", since)
    assert (item.sequence, item.kind, item.key, item.plain) == (number, "form", "team", forms.as_plain(form))
    assert plain(chat, "dana", since) == []


def test_pin_does_not_appear(chat, house):
    house.person("Ruth Okafor")
    posted = messages.post(chat, place="direct-ruth", card=card("One"), key="1")
    since = chat.sequence()
    messages.pin(chat, posted)
    assert plain(chat, "ruth", since) == []
