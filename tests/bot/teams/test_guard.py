"""Who may send anything to the bot: LIBRARIES names what stock botbuilder lets in, or answers 500."""

import base64
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.body import LARGEST
from bot.teams.botframework import BotFramework
from bot.teams.guard import EmulatorGuard
from bot.teams.reading import DEEPEST
from bot.teams.transport import Response
from tests.bot.teams.activity import activity
from tests.bot.teams.microsoft import APP, TENANT, jwk, private_key, settings

NOW = int(time.time())
LEEWAY = 300
LET_IN = Response(status=202)
REFUSED = Response(status=401)


@pytest.fixture
def received(transport):
    """What makes the response to a request, and whatever was heard of it."""

    async def received(headers, body):
        heard = []

        async def hear(activity):
            heard.append(activity)

        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await transport.receive(headers, sent, hear), heard

    return received


async def test_activity_that_teams_signed_is_let_in(microsoft, received):
    sent = microsoft.activity()

    assert await received(microsoft.signed(), sent) == (LET_IN, [sent])


@pytest.mark.parametrize("name", ["authorization", "AUTHORIZATION"])
async def test_header_is_known_in_any_case(microsoft, received, name):
    response, _ = await received({name: f"bearer {microsoft.token()}"}, microsoft.activity())

    assert response == LET_IN


BAD_CLAIMS = [
    {"aud": "another app"}, {"aud": None}, {"aud": [APP]}, {"aud": [APP, "another app"]}, {"aud": 7},
    {"iss": "https://api.botframework.us"},  # the US government's cloud
    {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"},  # the emulator's, and skills'
    {"iss": "https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0"},
    {"iss": f"https://sts.windows.net/{TENANT}/", "appid": APP},
    {"iss": f"https://login.microsoftonline.com/{TENANT}/v2.0"},
    {"iss": "https://api.botframework.com/"}, {"iss": ["https://api.botframework.com"]}, {"iss": None},
    {"exp": NOW - LEEWAY - 60}, {"exp": None}, {"exp": "soon"}, {"exp": -1}, {"exp": 1e400},
    {"nbf": NOW + LEEWAY + 3600}, {"nbf": "soon"}, {"iat": NOW + LEEWAY + 3600},
    {"serviceurl": "https://evil.example/"}, {"serviceurl": None}, {"serviceurl": 7},
]  # fmt: skip


@pytest.mark.parametrize("claims", BAD_CLAIMS)
async def test_token_for_anything_else_is_refused(microsoft, received, claims):
    assert await received(microsoft.signed(**claims), microsoft.activity()) == (REFUSED, [])


@pytest.mark.parametrize(("claim", "off"), [("exp", 60 - LEEWAY), ("nbf", LEEWAY - 60)])
async def test_clocks_may_differ_by_five_minutes(microsoft, received, claim, off):
    response, _ = await received(microsoft.signed(**{claim: int(time.time()) + off}), microsoft.activity())

    assert response == LET_IN


async def test_token_need_not_say_from_when_it_holds(microsoft, received):
    response, _ = await received(microsoft.signed(nbf=None), microsoft.activity())

    assert response == LET_IN


def encoded(header, claims, signature=b""):
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts).decode()


DEEP = base64.urlsafe_b64encode(b"[" * 20_000).decode()
BAD_HEADERS = [
    {}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Bearer "},
    {"Authorization": "Basic YTpi"},
    {"Authorization": "Bearer x"}, {"Authorization": "Bearer a.b.c"}, {"Authorization": "Bearer ..."},
    {"Authorization": "Bearer é.é.é"}, {"Authorization": f"Bearer {DEEP}.{DEEP}.{DEEP}"},
    {"Authorization": "Bearer \x00"}, {"Authorization": f"Bearer {encoded([], {})}"},
    {"Authorization": f"Bearer {encoded({'alg': 'RS256', 'kid': 7}, {})}"},
    {"Authorization": f"Bearer {encoded({'alg': 'RS256'}, {})}"},
    {"Authorization": f"Bearer {encoded({'alg': 'RS256', 'kid': 'one', 'b64': False, 'crit': ['b64']}, {})}"},
    {"Authorization": f"Bearer {encoded({'alg': 'RS256', 'kid': 'one', 'crit': ['odd']}, {})}"},
]  # fmt: skip


@pytest.mark.parametrize("headers", BAD_HEADERS, ids=lambda headers: str(headers)[:60])
async def test_request_without_a_token_that_can_be_read_is_refused(microsoft, received, headers):
    assert await received(headers, microsoft.activity()) == (REFUSED, [])


async def test_two_tokens_are_refused(microsoft, received):
    both = microsoft.signed() | {"authorization": f"Bearer {microsoft.token()}"}

    assert await received(both, microsoft.activity()) == (REFUSED, [])


def good_claims(microsoft):
    return jwt.decode(microsoft.token(), options={"verify_signature": False})


async def test_unsigned_token_is_refused(microsoft, received):
    for algorithm in ("none", "None", "NONE"):
        token = encoded({"alg": algorithm, "kid": "one"}, good_claims(microsoft))
        assert await received({"Authorization": f"Bearer {token}"}, microsoft.activity()) == (REFUSED, [])


async def test_token_signed_with_the_public_key_as_a_secret_is_refused(microsoft, received):
    public = private_key("one").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    head = encoded({"alg": "HS256", "kid": "one"}, good_claims(microsoft)).rpartition(".")[0]
    proof = base64.urlsafe_b64encode(algorithm.sign(head.encode(), public)).rstrip(b"=").decode()

    assert await received({"Authorization": f"Bearer {head}.{proof}"}, microsoft.activity()) == (REFUSED, [])


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
async def test_token_signed_in_another_way_is_refused(microsoft, received, algorithm):
    token = jwt.encode(good_claims(microsoft), private_key("one"), algorithm, headers={"kid": "one"})

    assert await received({"Authorization": f"Bearer {token}"}, microsoft.activity()) == (REFUSED, [])


async def test_token_signed_by_somebody_else_in_the_name_of_a_key_is_refused(microsoft, received):
    token = jwt.encode(good_claims(microsoft), private_key("stray"), "RS256", headers={"kid": "one"})

    assert await received({"Authorization": f"Bearer {token}"}, microsoft.activity()) == (REFUSED, [])


async def test_key_that_a_token_brings_along_is_not_believed(microsoft, received):
    brought = {"kid": "stray", "jwk": jwk("stray"), "jku": f"{microsoft.base}/keys", "x5u": microsoft.base}
    token = jwt.encode(good_claims(microsoft), private_key("stray"), "RS256", headers=brought)

    assert await received({"Authorization": f"Bearer {token}"}, microsoft.activity()) == (REFUSED, [])


async def test_claims_that_were_changed_on_the_way_are_refused(microsoft, received):
    head, _, proof = microsoft.token().split(".")
    said = encoded({}, good_claims(microsoft) | {"aud": APP.upper()}).split(".")[1]

    assert await received({"Authorization": f"Bearer {head}.{said}.{proof}"}, microsoft.activity()) == (
        REFUSED,
        [],
    )


@pytest.mark.parametrize("endorsements", [None, [], ["webchat"], "msteams", {"msteams": 1}, ["msteams2"]])
async def test_key_that_may_not_sign_for_teams_is_refused(microsoft, received, endorsements):
    microsoft.keys = [jwk("one", endorsements=endorsements)]

    assert await received(microsoft.signed(), microsoft.activity()) == (REFUSED, [])


CHANNELS = [None, "", "webchat", "emulator", "directline", "MSTEAMS", 7, ["msteams"]]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_activity_of_another_channel_is_refused(microsoft, received, channel):
    microsoft.keys = [jwk("one", endorsements=["msteams", "webchat", "emulator", "directline"])]

    assert await received(microsoft.signed(), microsoft.activity(channelId=channel)) == (REFUSED, [])


SERVICES = [
    "https://evil.example/", "https://smba.trafficmanager.net.evil.example/uk/", "https://evilbotframework.com/",
    "http://smba.trafficmanager.net/uk/",
    "https://smba.trafficmanager.net@evil.example/", "smba.trafficmanager.net",
    "https://smba.trafficmanager.net\\@evil.example/", "https://evil.example#https://smba.trafficmanager.net/",
    "", None, 7, ["https://smba.trafficmanager.net/"],
]  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
async def test_foreign_service_url_is_refused_even_when_it_is_signed(microsoft, received, service):
    sent = microsoft.activity(serviceUrl=service)

    assert await received(microsoft.signed(serviceurl=service), sent) == (REFUSED, [])


@pytest.mark.parametrize("service", [None, "https://smba.trafficmanager.net/uk/", "http://127.0.0.1:9/"])
async def test_service_url_that_is_not_the_signed_one_is_refused(microsoft, received, service):
    assert await received(microsoft.signed(), microsoft.activity(serviceUrl=service)) == (REFUSED, [])


FOREIGN = "99990000-0000-4000-8000-00000000000f"
TENANTS = [
    {"channelData": {"tenant": {"id": FOREIGN}}, "conversation": {"id": "a:1", "tenantId": FOREIGN}},
    {"channelData": {"tenant": {"id": FOREIGN}}}, {"conversation": {"id": "a:1", "tenantId": FOREIGN}},
    {"channelData": None, "conversation": {"id": "a:1"}}, {"channelData": None, "conversation": None},
    {"channelData": {"tenant": {"id": ""}}, "conversation": {"id": "a:1"}},
    {"channelData": [], "conversation": []},
    {"channelData": {"tenant": {"id": [TENANT]}}, "conversation": {"id": "a:1", "tenantId": 7}},
]  # fmt: skip


@pytest.mark.parametrize("other", TENANTS, ids=str)
async def test_foreign_tenant_is_refused(microsoft, received, other):
    assert await received(microsoft.signed(), microsoft.activity(**other)) == (REFUSED, [])


@pytest.mark.parametrize(
    "other",
    [
        {"channelData": None}, {"conversation": {"id": "a:1"}},
        {"channelData": {"tenant": {"id": TENANT.upper()}}},
        {"channelData": {"tenant": {"id": TENANT}, "eventType": "channelRenamed"}, "conversation": None},
    ],
    ids=str,
)  # fmt: skip
async def test_tenant_may_stand_in_one_place_only_and_in_any_case(microsoft, received, other):
    response, _ = await received(microsoft.signed(), microsoft.activity(**other))

    assert response == LET_IN


async def test_people_of_a_tenant_on_the_list_are_let_in(microsoft):
    transport = BotFramework(settings(teams_tenants=FOREIGN), time.time, microsoft.cloud, microsoft.http)
    await transport.open()
    sent = microsoft.activity(**TENANTS[0])

    async def hear(activity):
        return None

    assert await transport.receive(microsoft.signed(), json.dumps(sent).encode(), hear) == LET_IN
    await transport.close()


BODIES = [
    b"", b"{", b"null", b"[]", b'"text"', b"7", b"{}", b'{"type": 7}', b"\xff\xfe{}", b"\xef\xbb\xbf{}",
    b'{"type": "message", "text": "\\ud800"}', b'{"type": "message", "n": NaN}',
    b'{"type": "message", "n": Infinity}',
    b'{"type": "message", "n": ' + b"9" * 5000 + b"}", b"[" * 100_000, b'{"a":' * 100_000,
    b'{"type": "message", "deep": ' + b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1) + b"}",
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:40]))
async def test_body_that_is_no_activity_is_refused(microsoft, received, body):
    assert await received(microsoft.signed(), body) == (Response(status=400), [])


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:40]))
async def test_body_of_nobody_is_not_looked_at(received, body):
    assert await received({}, body) == (REFUSED, [])


async def test_activity_may_be_as_deep_as_that(microsoft, received):
    sent = microsoft.activity(deep=json.loads("[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)))

    assert await received(microsoft.signed(), sent) == (LET_IN, [sent])


async def test_body_that_is_too_large_is_refused(microsoft, received):
    body = json.dumps(microsoft.activity(text="x" * LARGEST)).encode()

    assert await received(microsoft.signed(), body) == (Response(status=413), [])


async def test_nobody_is_turned_away_for_good_while_microsofts_keys_cannot_be_had(microsoft, received):
    microsoft.metadata_status = 503

    assert await received(microsoft.signed(), microsoft.activity()) == (Response(status=503), [])


async def test_refusal_is_logged_by_a_word_alone(microsoft, received, logged):
    await received(microsoft.signed(aud="another app"), microsoft.activity(text="what somebody wrote"))

    (line,) = map(json.loads, logged.getvalue().splitlines())
    assert (line["event"], line["status"], line["why"]) == (
        "teams_request_refused",
        401,
        "InvalidAudienceError",
    )
    assert "what somebody wrote" not in str(line)


async def test_flood_of_refusals_is_no_flood_of_log(microsoft, received, logged):
    for _ in range(50):
        await received({}, microsoft.activity())
        await received(microsoft.signed(aud="another app"), microsoft.activity())

    said = [json.loads(line)["why"] for line in logged.getvalue().splitlines()]
    assert said == ["no_token", "InvalidAudienceError"]


# The emulator


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({}, "personal"),
        ({"isGroup": True}, "groupChat"),
        ({"isGroup": True, "conversationType": "channel"}, "channel"),
    ],
)
async def test_kind_that_an_emulator_leaves_out_is_what_it_means(told, kind):
    sent = activity(conversation={"id": "1", **told}, serviceUrl="http://localhost:56150/_connector")
    let_in = await EmulatorGuard().activity({"Host": "localhost:8080"}, json.dumps(sent).encode())

    assert let_in == {**sent, "conversation": {"id": "1", **told, "conversationType": kind}}
