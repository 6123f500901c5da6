"""Microsoft's signing keys: new ones at once, and yet no flood of requests to Microsoft."""

import asyncio
import base64

import pytest

from bot.teams.keys import FRESH, MINUTE, MOST, OLDEST, Key, Keys
from bot.teams.line import Line
from bot.teams.transport import NoKeys
from tests.bot.teams.microsoft import jwk, private_key


class Time:
    def __init__(self):
        self.seconds = 1_000_000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def now():
    return Time()


@pytest.fixture
async def keys(microsoft, now):
    line = Line(proxied=False)
    await line.open()
    keys = Keys(line, microsoft.cloud.metadata, now)
    yield keys
    keys.close()
    await line.close()


async def test_keys_are_fetched_once(microsoft, keys):
    found = [await keys.find("one") for _ in range(5)]

    assert found == [Key(public=private_key("one").public_key(), endorsements=frozenset({"msteams"}))] * 5
    assert microsoft.fetched == ["openid", "keys"]


async def test_rotated_key_is_fetched_at_once(microsoft, keys):
    await keys.find("one")
    microsoft.keys = [jwk("two")]

    assert (await keys.find("two")).public == private_key("two").public_key()
    assert await keys.find("one") is None


async def test_flood_of_unknown_keys_is_no_flood_of_fetches(microsoft, keys, now):
    found = await asyncio.gather(*(keys.find(f"invented {number}") for number in range(200)))
    again = [await keys.find(f"invented {number}") for number in range(200)]
    assert set(found) | set(again) == {None}
    assert microsoft.fetched == ["openid", "keys"] * MOST
    microsoft.keys = [jwk("two")]
    now.seconds += MINUTE

    assert await keys.find("two") is not None


async def test_flood_of_unknown_keys_does_not_keep_a_known_one_waiting(microsoft, keys):
    await keys.find("one")
    microsoft.keys_take = 5.0
    flood = asyncio.create_task(keys.find("invented"))
    await asyncio.sleep(0.05)

    async with asyncio.timeout(0.5):
        assert await keys.find("one") is not None
    flood.cancel()


async def test_first_requests_wait_for_one_fetch(microsoft, keys):
    found = await asyncio.gather(*(keys.find("one") for _ in range(20)))

    assert None not in found
    assert microsoft.fetched == ["openid", "keys"]


async def test_keys_of_yesterday_are_used_while_they_are_fetched_anew(microsoft, keys, now):
    await keys.find("one")
    now.seconds += FRESH + 1
    microsoft.keys_take = 0.2

    async with asyncio.timeout(0.1):
        assert await keys.find("one") is not None
    await asyncio.sleep(0.4)
    assert microsoft.fetched == ["openid", "keys"] * 2


async def test_old_keys_are_used_while_no_newer_ones_can_be_had_but_not_for_ever(microsoft, keys, now):
    await keys.find("one")
    microsoft.metadata_status = 503
    now.seconds += OLDEST - 1
    assert await keys.find("one") is not None
    await asyncio.sleep(0.1)
    now.seconds += 2

    with pytest.raises(NoKeys):
        await keys.find("one")


async def test_keys_that_cannot_be_fetched_are_not_asked_for_in_a_flood(microsoft, keys, now):
    microsoft.metadata_status = 503
    for _ in range(20):
        with pytest.raises(NoKeys):
            await keys.find("one")
    assert microsoft.fetched == ["openid"] * MOST
    microsoft.metadata_status = 200
    now.seconds += MINUTE

    assert await keys.find("one") is not None


async def test_request_that_goes_away_does_not_end_the_fetch_for_the_others(microsoft, keys):
    microsoft.keys_take = 0.1
    first = asyncio.create_task(keys.find("one"))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(keys.find("one"))
    await asyncio.sleep(0.02)
    first.cancel()

    assert await second is not None


async def test_key_without_a_use_may_sign(microsoft, keys):
    microsoft.keys = [jwk("one", use=None)]

    assert await keys.find("one") is not None


SHORT = base64.urlsafe_b64encode((2**1536 + 1).to_bytes(193)).rstrip(b"=").decode()
USELESS = [
    {"n": SHORT},
    {"use": "enc"}, {"kty": "EC"}, {"kty": None}, {"n": "AQAB"}, {"n": None}, {"n": 7}, {"e": "é"}, {"n": ""},
    {"d": "AQAB"},
]  # fmt: skip


@pytest.mark.parametrize("other", USELESS, ids=str)
async def test_key_that_checks_no_signature_is_left_out(microsoft, keys, other):
    microsoft.keys = ["odd", {}, {"kid": 7}, jwk("one", **other), jwk("two")]

    assert await keys.find("one") is None
    assert await keys.find("two") is not None


@pytest.mark.parametrize("listed", [[], None, "odd", [{}]])
async def test_list_without_a_key_does_not_take_the_place_of_another(microsoft, keys, now, listed):
    await keys.find("one")
    microsoft.keys = listed
    now.seconds += FRESH + 1
    await keys.find("one")
    await asyncio.sleep(0.1)

    assert await keys.find("one") is not None
