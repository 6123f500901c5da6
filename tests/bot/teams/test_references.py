"""Where the bot can speak is remembered, and known again after a restart; written only when it changed."""

from dataclasses import replace

import pytest
from sqlalchemy import event, select

from bot.hear import Ear
from bot.platform import RoomGone
from bot.teams.conversations import Conversation
from bot.teams.references import LATELY, References
from store.reference import ConversationReference
from tests.fakes.house import BEGINS

URL = "https://smba.trafficmanager.net/uk/"
TEAM = "19:team@thread.tacv2"
RUTH = Conversation(address="a:ruth", tenant="t", kind="personal", service_url=URL, account="ruth")
HELEN = Conversation(address="a:helen", tenant="t", kind="personal", service_url=URL, account="helen")
CHANNEL = Conversation(address="19:1@thread.tacv2", tenant="t", kind="channel", service_url=URL, team=TEAM)
GROUP = Conversation(address="19:2@thread.v2", tenant="t", kind="group", service_url=URL)


@pytest.fixture
def ear(house):
    ear = Ear(house.store, house.desk, house.clock)
    yield ear
    ear.close()


@pytest.fixture
async def references(ear):
    references = References()
    await references.begin(ear)
    return references


@pytest.fixture
def written(house):
    """The statements that changed what is kept of conversations."""
    found = []

    def note(_connection, _cursor, statement, *_):
        if "conversation_reference" in statement and not statement.startswith("SELECT"):
            found.append(statement.split()[0])

    event.listen(house.store.engine, "before_cursor_execute", note)
    return found


async def _after_a_restart(ear):
    references = References()
    await references.begin(ear)
    return references


async def test_conversation_is_known_again_after_a_restart(references, ear):
    for one in (RUTH, CHANNEL, GROUP):
        await references.keep(one)
    later = await _after_a_restart(ear)

    assert [later.at(one.address) for one in (RUTH, CHANNEL, GROUP)] == [RUTH, CHANNEL, GROUP]
    assert await later.personal("ruth") == RUTH


async def test_what_did_not_change_is_not_written_again(references, written):
    for _ in range(3):
        await references.keep(RUTH)

    assert written == ["INSERT"]


async def test_address_that_moved_is_written_once(references, ear, written):
    moved = replace(RUTH, service_url="https://smba.trafficmanager.net/emea/")
    for one in (RUTH, moved, moved):
        await references.keep(one)

    assert written == ["INSERT", "UPDATE"]
    assert (await _after_a_restart(ear)).at("a:ruth") == moved


async def test_what_an_activity_does_not_tell_is_kept_from_before(references):
    await references.keep(RUTH)
    await references.keep(replace(RUTH, account=None))

    assert references.at("a:ruth") == RUTH


async def test_chat_of_somebody_stays_theirs(references):
    await references.keep(RUTH)
    await references.keep(replace(RUTH, account="helen"))

    assert (await references.personal("ruth"), await references.personal("helen")) == (RUTH, None)


@pytest.mark.parametrize("kind", ["group", "channel"])
async def test_place_that_others_read_is_nobodys_own(references, ear, kind):
    shared = replace(CHANNEL, address="a:ruth", kind=kind)
    for one in (RUTH, shared, RUTH):
        await references.keep(one)
    later = await _after_a_restart(ear)

    assert [await one.personal("ruth") for one in (references, later)] == [None, None]
    assert references.at("a:ruth") == later.at("a:ruth") == shared


async def test_channel_whose_kind_is_not_told_stays_a_channel(references):
    await references.keep(CHANNEL)
    await references.keep(replace(CHANNEL, kind="group", team=None))

    assert references.at(CHANNEL.address) == CHANNEL


async def test_conversation_that_is_lost_stays_lost_until_it_is_heard_from(references, ear, house):
    await references.keep(RUTH)
    await references.lost("a:ruth")
    lost = await (await _after_a_restart(ear)).personal("ruth")
    row = house.one(ConversationReference, address="a:ruth")
    await references.keep(RUTH)

    assert (lost, row.gone_at) == (replace(RUTH, gone=True), BEGINS)
    assert await (await _after_a_restart(ear)).personal("ruth") == RUTH


async def test_conversation_nobody_knows_cannot_be_lost(references, house):
    await references.lost("a:nobody")

    assert house.ask(select(ConversationReference)) == []


async def test_thread_is_found_by_the_channel_it_is_in(references):
    await references.keep(CHANNEL)

    assert references.at(f"{CHANNEL.address};messageid=17") == CHANNEL


async def test_team_is_shared_once_by_its_own_id_and_the_latest_comes_first(references):
    for one in (CHANNEL, replace(CHANNEL, address="19:3@thread.tacv2"), GROUP, RUTH):
        await references.keep(one)

    assert await references.shared() == (GROUP, replace(CHANNEL, address=TEAM))
    assert await references.chats() == (RUTH,)


async def test_place_that_is_lost_is_neither_shared_nor_a_chat(references):
    for one in (GROUP, RUTH, HELEN):
        await references.keep(one)
    for address in (GROUP.address, RUTH.address):
        await references.lost(address)

    assert (await references.shared(), await references.chats()) == ((), (HELEN,))


async def test_what_was_heard_before_the_store_was_there_is_written_then(ear, house):
    early = References()
    await early.keep(RUTH)
    await early.begin(ear)

    assert house.one(ConversationReference, address="a:ruth").account == "ruth"


async def test_what_could_not_be_written_is_written_with_the_next(references, ear, monkeypatch):
    work = ear.work

    async def broken(_unit):
        raise ConnectionError

    monkeypatch.setattr(ear, "work", broken)
    with pytest.raises(ConnectionError):
        await references.keep(RUTH)
    monkeypatch.setattr(ear, "work", work)
    await references.keep(GROUP)

    assert await (await _after_a_restart(ear)).personal("ruth") == RUTH


# Another process on the same database


@pytest.fixture
async def another(ear):
    """What another process knows, which began before anything was kept."""
    return await _after_a_restart(ear)


async def test_conversation_that_another_process_met_is_known(another, references):
    for one in (RUTH, CHANNEL):
        await references.keep(one)

    assert await another.personal("ruth") == RUTH
    assert await another.place(f"{CHANNEL.address};messageid=17") == CHANNEL
    assert await another.shared() == (replace(CHANNEL, address=TEAM),)


async def test_what_another_process_met_is_there_without_being_asked_for(another, references):
    other = replace(CHANNEL, address="19:3@thread.tacv2")
    for one in (CHANNEL, other, RUTH, HELEN):
        await references.keep(one)
    await references.lost("a:helen")

    assert await another.shared() == (replace(CHANNEL, address=TEAM),)
    assert await another.chats() == (RUTH,)
    assert await another.in_team(TEAM) == (CHANNEL, other)


async def test_what_an_activity_does_not_tell_is_kept_from_another_process(another, references):
    for one in (RUTH, CHANNEL):
        await references.keep(one)
    for one in (replace(RUTH, account=None), replace(CHANNEL, kind="group", team=None)):
        await another.keep(one)

    assert await another.personal("ruth") == RUTH
    assert await another.in_team(TEAM) == (CHANNEL,)


async def test_conversation_that_another_process_lost_is_back_when_it_is_heard_from_a_while_later(
    another, references, house
):
    await another.keep(RUTH)
    await references.place("a:ruth")
    await references.lost("a:ruth")
    house.clock.wait(LATELY.total_seconds())
    await another.keep(RUTH)

    assert await references.personal("ruth") == RUTH


async def test_address_that_moved_is_known_to_another_process_a_while_later(another, references, house):
    moved = replace(RUTH, service_url="https://smba.trafficmanager.net/emea/")
    await references.keep(RUTH)
    await another.place("a:ruth")
    await references.keep(moved)
    house.clock.wait(LATELY.total_seconds())

    assert await another.place("a:ruth") == moved


async def test_conversation_that_another_process_heard_from_is_not_lost_any_more(another, references):
    await another.keep(RUTH)
    await another.lost("a:ruth")
    await references.keep(RUTH)

    assert await another.personal("ruth") == RUTH


async def test_what_is_lost_and_not_yet_written_stays_lost(references, ear, monkeypatch):
    await references.keep(RUTH)
    work = ear.work

    async def broken(_unit):
        raise ConnectionError

    monkeypatch.setattr(ear, "work", broken)
    with pytest.raises(ConnectionError):
        await references.lost("a:ruth")
    monkeypatch.setattr(ear, "work", work)

    assert (await references.personal("ruth")).gone


async def test_conversation_that_no_process_met_is_gone(another):
    with pytest.raises(RoomGone) as gone:
        await another.place("19:9@thread.tacv2")

    assert (gone.value.reason, await another.personal("nobody")) == ("removed", None)


async def test_personal_chat_met_last_is_the_one_with_somebody(references):
    newer = replace(RUTH, address="a:newer")
    for one in (RUTH, newer):
        await references.keep(one)

    assert await references.personal("ruth") == newer
