"""People of organisations that the bot is not there for are told so, and nothing of them is kept."""

import pytest
from sqlalchemy import select

from bot.teams.outsiders import Outsider, Outsiders
from handlers.message import Account
from store.heard import Heard
from store.person import Person, PersonAccount
from tests.bot.teams.served import in_teams
from tests.fakes.teams import ELSEWHERE


@pytest.fixture
async def sam(teams):
    """Somebody of another organisation, in a chat with Jo and the bot."""
    sam = teams.peer.add_person("Sam Outside", email="jo@programme.example", tenant=ELSEWHERE)
    await teams.peer.install_in(teams.peer.add_chat("Exampleshire", teams.jo, sam), by=teams.jo)
    await teams.rest()
    return sam


@pytest.fixture
async def chat(teams, sam):
    [found] = [one for one in await teams.surface.platform.references.shared() if one.kind == "group"]
    return teams.peer.tenancy.conversations[found.address]


def _kept(teams):
    return [
        *teams.house.ask(select(Person).where(Person.name == "Sam Outside")),
        *teams.house.ask(select(PersonAccount).where(PersonAccount.tenant == ELSEWHERE)),
        *teams.house.ask(select(Heard).where(Heard.answer.is_not(None))),
    ]


def _turned_away(teams):
    return teams.house.answer("other_organisation").plain


def _plain(teams, chat):
    return [shown.plain for shown in teams.of_the_bot(teams.jo, chat)]


@pytest.mark.parametrize("text", ["add Dana Doe as peer for Exampleshire", "help", "status", "hello there"])
async def test_message_of_an_outsider_is_turned_away_and_nothing_is_kept(teams, sam, chat, text):
    act = await teams.peer.say(sam, chat, f"@Critical Friend {text}")
    await teams.rest()

    assert (act.trouble, _plain(teams, chat), _kept(teams)) == (None, [_turned_away(teams)], [])


async def test_outsider_with_a_claim_code_claims_nothing(teams, sam, chat):
    await teams.peer.say(sam, chat, "@Critical Friend claim ABCD-EFGH")
    await teams.rest()

    assert (_plain(teams, chat), _kept(teams)) == ([_turned_away(teams)], [])


async def test_message_of_an_outsider_that_is_delivered_again_is_turned_away_once(teams, sam, chat):
    teams.peer.unkind.redeliver("message", copies=2)
    await teams.peer.say(sam, chat, "@Critical Friend help")
    await teams.rest()

    assert _plain(teams, chat) == [_turned_away(teams)]


async def test_press_of_an_outsider_is_turned_away_at_the_card(teams, sam, chat):
    card = teams.house.answer("no_such_command", {"near": [{"line": "help", "label": "help"}]})
    await teams.surface.platform.post(chat.id, card, "key")
    shown = teams.of_the_bot(sam, chat)[-1]
    act = await teams.peer.press(sam, shown, "help")
    await teams.rest()

    assert (act.trouble, teams.peer.toasts(sam), _kept(teams)) == (None, [_turned_away(teams)], [])
    assert _plain(teams, chat) == [shown.plain]


async def test_form_of_an_outsider_is_turned_away_in_the_dialog(teams, sam, chat):
    value = {"data": {"phrase": "say back", "hidden": {}}}
    act = await teams.peer.invoke(sam, chat, "task/fetch", value)
    await teams.rest()

    assert (act.trouble, _turned_away(teams) in str(act.deliveries[0].body)) == (None, True)
    assert (_plain(teams, chat), _kept(teams)) == ([], [])


async def test_outsider_who_cannot_be_told_is_not_heard_either(teams, sam, chat):
    teams.peer.unkind.status("send", times=None)
    await teams.peer.say(sam, chat, "@Critical Friend help")
    await teams.rest()

    assert (_plain(teams, chat), _kept(teams)) == ([], [])


async def test_of_an_outsider_the_log_has_a_word_for_why_only(teams, sam, chat, logged):
    await teams.peer.say(sam, chat, "@Critical Friend confidential words")
    await teams.rest()
    told = logged.getvalue()

    assert '"why": "tenant", "event": "teams_turned_away"' in told
    assert not any(word in told for word in ("Sam", "confidential", sam.id, sam.object_id, chat.id))


async def test_member_in_the_same_chat_is_heard(teams, sam, chat):
    await teams.peer.say(teams.jo, chat, "@Critical Friend help")
    await teams.rest()

    assert (len(teams.of_the_bot(teams.jo)), _plain(teams, chat)) == (1, [])


async def test_person_of_a_tenant_that_is_named_is_nobody_known_whatever_their_name_and_address(house):
    async with in_teams(house, tenants=ELSEWHERE) as teams:
        stranger = teams.peer.add_person("Jo", email="jo@programme.example", tenant=ELSEWHERE)
        chat = teams.peer.add_chat("Exampleshire", teams.ruth, stranger)
        await teams.peer.install_in(chat, by=teams.ruth)
        await teams.peer.say(stranger, chat, "@Critical Friend status")
        await teams.rest()

    [who] = house.ask(select(Person).join(PersonAccount).where(PersonAccount.account == stranger.object_id))
    [heard] = house.ask(select(Heard).where(Heard.answer.is_not(None)))
    assert (who.name, who.email, heard.outcome) == ("Jo", None, "refused")
    assert _plain(teams, chat) == [house.answer("cannot_write").plain]


@pytest.mark.parametrize(
    ("tenants", "let_in"),
    [({"home"}, ["home"]), ({"home", "there"}, ["home", "there"]), (None, ["home", "there", ""])],
)
def test_people_of_the_tenants_named_are_let_in_and_everybody_where_none_are(tenants, let_in):
    outsiders = Outsiders(None if tenants is None else frozenset(tenants), answers=None)

    assert [one for one in ("home", "there", "") if _is_let_in(outsiders, one)] == let_in


def _is_let_in(outsiders, tenant):
    try:
        outsiders.check(Account(platform="teams", tenant=tenant, id="1", name="Sam"))
    except Outsider:
        return False
    return True
