"""Who may send anything to the bot over HTTP. LIBRARIES: each of these once was a 200 or a 500."""

import asyncio
import hashlib
import hmac
import json
from urllib.parse import urlencode

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import request_response

from bot.body import LARGEST
from bot.slack.guard import OLDEST, Guard

SECRET = "a secret of nobody"
NOW = 1_783_324_800
URL = "http://bot.example/slack/events"


def signed(body: bytes, *, at: object = NOW, secret: str = SECRET) -> dict[str, str]:
    proof = hmac.new(secret.encode(), b"v0:%b:%b" % (str(at).encode(), body), hashlib.sha256)
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={proof.hexdigest()}"}


async def asked(body: bytes | object = b"text=help", headers=None, method="POST"):
    """The answer to a request, and what came through."""
    came = []

    async def endpoint(request: Request) -> PlainTextResponse:
        came.append(await request.body())
        return PlainTextResponse("let in")

    guard = Guard(request_response(endpoint), SECRET, lambda: float(NOW))
    transport = httpx.ASGITransport(app=guard)
    async with httpx.AsyncClient(transport=transport) as client:
        response = await client.request(method, URL, content=body, headers=headers)
    return response, came


async def test_signed_request_is_let_in_with_its_body():
    response, came = await asked(b"text=help", signed(b"text=help"))

    assert (response.status_code, came) == (200, [b"text=help"])


@pytest.mark.parametrize("seconds", [-OLDEST, OLDEST])
async def test_request_of_the_last_minutes_is_let_in(seconds):
    response, _ = await asked(b"", signed(b"", at=NOW + seconds))

    assert response.status_code == 200


@pytest.mark.parametrize("seconds", [-OLDEST - 1, OLDEST + 1])
async def test_old_request_is_refused(seconds):
    response, came = await asked(b"", signed(b"", at=NOW + seconds))

    assert (response.status_code, came) == (401, [])


BAD_TIMES = ["", "soon", "1e9", "-1783324800", " 1783324800", "1783324800.0", "٣", "9" * 40]


@pytest.mark.parametrize("at", BAD_TIMES)
async def test_timestamp_that_is_no_number_is_refused(at):
    headers = {name: value.encode() for name, value in signed(b"", at=at).items()}
    response, came = await asked(b"", headers)

    assert (response.status_code, came) == (401, [])


BAD_SIGNATURES = [b"", b"v0=", b"v0=" + b"g" * 64, b"v1=" + b"0" * 64, b"\xff\xfe", b"v0=" + b"\xe9" * 64]


@pytest.mark.parametrize("signature", BAD_SIGNATURES)
async def test_signature_of_another_shape_is_refused(signature):
    headers = {"X-Slack-Request-Timestamp": str(NOW).encode(), "X-Slack-Signature": signature}
    response, came = await asked(b"", headers)

    assert (response.status_code, came) == (401, [])


@pytest.mark.parametrize("missing", ["X-Slack-Request-Timestamp", "X-Slack-Signature"])
async def test_request_without_its_proof_is_refused(missing):
    headers = {name: value for name, value in signed(b"").items() if name != missing}
    response, came = await asked(b"", headers)

    assert (response.status_code, came) == (401, [])


@pytest.mark.parametrize("name", ["X-Slack-Request-Timestamp", "X-Slack-Signature"])
async def test_proof_given_twice_is_refused(name):
    proof = signed(b"")
    response, came = await asked(b"", [*proof.items(), (name, proof[name])])

    assert (response.status_code, came) == (401, [])


@pytest.mark.parametrize("secret", ["", "another secret"])
async def test_request_signed_by_somebody_else_is_refused(secret):
    response, came = await asked(b"text=help", signed(b"text=help", secret=secret))

    assert (response.status_code, came) == (401, [])


async def test_body_that_was_changed_on_the_way_is_refused():
    response, came = await asked(b"text=ready", signed(b"text=help"))

    assert (response.status_code, came) == (401, [])


async def test_body_of_other_letters_than_utf_8_is_handed_on_as_it_is_when_it_is_slacks():
    response, came = await asked(b"\xff\xfe", signed(b"\xff\xfe"))

    assert (response.status_code, came) == (200, [b"\xff\xfe"])


async def test_unsigned_check_of_the_certificate_is_refused():
    response, came = await asked(urlencode({"ssl_check": "1", "token": "x"}).encode())

    assert (response.status_code, came) == (401, [])


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
async def test_other_method_is_refused(method):
    response, came = await asked(b"", signed(b""), method)

    assert (response.status_code, response.headers["allow"], came) == (405, "POST", [])


async def test_body_announced_too_large_is_refused_before_a_letter_of_it_is_read():
    read = []

    async def pieces():
        read.append(1)
        yield b"x"

    headers = {**signed(b"x"), "Content-Length": str(LARGEST + 1)}
    response, came = await asked(pieces(), headers)

    assert (response.status_code, came) == (413, [])


async def test_body_that_turns_out_too_large_is_read_no_further():
    read = []

    async def pieces():
        for number in range(100):
            read.append(number)
            yield b"x" * 200_000

    response, came = await asked(pieces(), signed(b"x"))

    assert (response.status_code, came) == (413, [])
    assert response.headers["connection"] == "close"


@pytest.mark.parametrize("length", ["-1", "many", "1.5"])
async def test_length_that_is_no_number_is_refused(length):
    response, came = await asked(b"", {**signed(b""), "Content-Length": length})

    assert (response.status_code, came) == (400, [])


@pytest.mark.parametrize("secret", ["", " ", "\n"])
def test_blank_secret_guards_nothing(secret):
    with pytest.raises(ValueError, match="blank"):
        Guard(request_response(lambda _: PlainTextResponse("")), secret, lambda: 0.0)


# Behind the guard: signed by Slack's secret, and still of a strange shape


STRANGE = [
    b"", b"\xff", b"{", b"[]", b"{}", b"5", b"null", b'{"type": 5}', b"payload=", b"payload=5",
    b"payload=%ff", b"payload={", b'{"type": "event_callback"}', b'{"type": "event_callback", "event": 5}',
    b'{"type": "event_callback", "event": {"type": 5}}', b"[" * 100_000, b"{" + b'"a":{' * 50_000, b"=&=&",
]  # fmt: skip


@pytest.mark.parametrize("body", STRANGE, ids=range(len(STRANGE)))
async def test_signed_body_of_a_strange_shape_is_answered_4xx(http, body):
    response = await http.sends(body)

    assert 400 <= response.status_code < 500


async def test_signed_check_of_the_certificate_is_answered(http):
    response = await http.sends(urlencode({"ssl_check": "1", "token": "x"}).encode())

    assert response.status_code == 200


async def test_address_is_verified_once_signed(http):
    response = await http.sends(
        json.dumps({"type": "url_verification", "token": "x", "challenge": "abc"}).encode()
    )

    assert (response.status_code, response.json()) == (200, {"challenge": "abc"})


async def test_command_that_says_payload_is_a_command(http):
    direct = http.slack.peer.direct(http.slack.jo)
    await http.slack.peer.slash(http.slack.jo, direct, "help payload")
    await http.slack.rest()

    assert len(http.slack.of_the_bot(http.slack.jo, direct)) == 1


async def test_body_that_trickles_in_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("bot.body._PATIENCE", 0.2)
    sent = []

    async def trickle():
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message):
        sent.append(message)

    async def endpoint(_scope, _receive, _send):
        raise AssertionError("it was let in")

    headers = [(name.lower().encode(), value.encode()) for name, value in signed(b"").items()]
    scope = {"type": "http", "method": "POST", "headers": headers}
    async with asyncio.timeout(2):
        await Guard(endpoint, SECRET, lambda: float(NOW))(scope, trickle, send)

    assert sent[0]["status"] == 408
