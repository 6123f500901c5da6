async def test_appeared_is_what_came_in_sight_since(peer, client, team, jo, helen):
    posted = await client.chat_postMessage(channel=team.id, text="Before")
    since = peer.sequence
    await client.chat_update(channel=team.id, ts=posted["ts"], text="After")
    await client.chat_postMessage(channel=team.id, text="More")

    assert [item.plain for item in peer.appeared(jo, since)] == ["After", "More"]
    assert [item.plain for item in peer.appeared(helen)] == []
    assert peer.appeared(jo, peer.sequence) == []


async def test_joining_shows_the_newest_of_what_is_there_and_coming_back_shows_nothing_again(
    peer, client, team, jo, helen
):
    posted = await client.chat_postMessage(channel=team.id, text="Before")
    await client.chat_update(channel=team.id, ts=posted["ts"], text="After")
    await peer.join(helen, team)
    assert [(item.kind, item.plain) for item in peer.appeared(helen)] == [
        ("room", "team\n\n"),
        ("message", "After"),
    ]
    await peer.leave(helen, team)
    since = peer.sequence
    await client.chat_postMessage(channel=team.id, text="Meanwhile")
    assert peer.appeared(helen, since) == []
    await peer.join(helen, team)
    assert [item.plain for item in peer.appeared(helen, since)] == ["Meanwhile"]


async def test_what_is_for_one_person_appears_to_nobody_else(peer, client, team, jo, helen):
    await peer.join(helen, team)
    since = peer.sequence
    await client.chat_postEphemeral(channel=team.id, user=helen.id, text="Only you")

    assert [item.plain for item in peer.appeared(helen, since)] == ["Only you"]
    assert peer.appeared(jo, since) == []


async def test_words_are_what_people_read(peer, client, team, jo):
    def rich(*elements):
        return {"type": "rich_text", "elements": list(elements)}

    def section(*parts):
        return {"type": "rich_text_section", "elements": list(parts)}

    def text(words):
        return {"type": "text", "text": words}

    items = [section(text("one")), section(text("two"))]
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Title"}},
        rich(section({"type": "user", "user_id": jo.id}, text(" asks"))),
        rich({"type": "rich_text_list", "style": "ordered", "elements": items}),
        {"type": "table", "rows": [[rich(section(text("Who"))), rich(section(text("What")))]]},
        {"type": "section", "text": {"type": "mrkdwn", "text": "a &amp; <https://b.example|c>"}},
    ]
    await client.chat_postMessage(channel=team.id, text="Notification", blocks=blocks)

    [shown] = peer.messages(jo, team)
    assert shown.plain == "Title\n\n@Jo Baker asks\n\n1. one\n2. two\n\nWho; What\n\na & c"
    assert shown.text == "Notification"
