import pytest

from bot.room import messages
from tests.bot.room.cards import card

PAGE = "http://127.0.0.1:8765"


async def post(http, path, **body):
    answer = await http.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def seen(http, who):
    return (await http.get("/room/view", params={"as": who})).json()


async def test_people_come_and_are_listed_without_addresses(http):
    body = {"name": " Helen  Marsh", "email": "helen@exampleshire.example", "council": "Exampleshire"}
    assert await post(http, "/room/people", **body) == {"id": "helen"}
    found = (await http.get("/room/people")).json()
    assert found["people"] == [{"id": "helen", "name": "Helen Marsh", "council": "Exampleshire"}]
    again = await http.post("/room/people", json=body | {"name": "Helena"})
    assert (again.status_code, list(again.json())) == (409, ["error"])


async def test_person_makes_a_room_and_is_in_it(http, house):
    house.person("Jo Bright")
    made = await post(http, "/room/rooms", **{"as": "jo", "title": "Regional programme"})
    place = (await seen(http, "jo"))["places"][1]
    assert (place["address"], place["title"], place["members"]) == (
        made["place"], "Regional programme", ["Jo Bright"],
    )  # fmt: skip


async def test_talk_form_press_and_clock_over_http(http, house):
    house.person("Ruth Okafor")
    who = {"as": "ruth"}
    said = await post(http, "/room/say", **who, place="direct", text="/challenge kloe add")
    assert said == {"heard": True, "answers": 1}
    [form] = (await seen(http, "ruth"))["forms"]
    assert form["title"] == "Key line of enquiry"
    assert form["html"]
    await post(http, "/room/submit", **who, form=form["id"], fields={"text": "Is it soon?"})
    await post(http, "/room/say", **who, place="direct-ruth", text="status")
    message = (await seen(http, "ruth"))["messages"][-1]
    assert message["name"] == "Critical Friend"
    await post(http, "/room/press", **who, message=message["id"], button=message["buttons"][0]["id"])
    [form] = (await seen(http, "ruth"))["forms"]
    await post(http, "/room/close", **who, form=form["id"])
    assert (await seen(http, "ruth"))["forms"] == []
    assert [one.text for one in house.heard] == ["kloe add", "kloe add", "status", "kloe add"]


async def test_view_holds_nothing_of_other_people(http, house):
    await house.start("preparation")
    secret = "Only Dana may read this"
    [team] = [place for place in (await seen(http, "dana"))["places"] if place["key"] == "team"]
    await house.platform.post(team["address"], card(secret), "s1", only_for="dana")
    await house.platform.post("direct-dana", card("Between Dana and the bot"), "s2")
    await post(http, "/room/say", **{"as": "dana", "place": "direct", "text": "/challenge kloe add"})
    forbidden = {
        "helen": [secret, "Between Dana", "peer team", "care leavers' group", "Key line of enquiry"],
        "ruth": [
            secret,
            "Between Dana",
            "learning plan, Sam has",
            "Sam has two things",
            "Key line of enquiry",
        ],
    }
    for who, texts in forbidden.items():
        for path in ("/room/view", "/room/appeared"):
            body = (await http.get(path, params={"as": who})).text
            assert [text for text in texts if text in body] == []
    assert secret in (await http.get("/room/view", params={"as": "dana"})).text


async def test_appeared_is_told_from_a_sequence_number_on(http, house):
    house.person("Ruth Okafor")
    await post(http, "/room/say", **{"as": "ruth", "place": "direct", "text": "status"})
    everything = (await http.get("/room/appeared", params={"as": "ruth", "since": 0})).json()
    assert [(item["author"], item["plain"]) for item in everything["items"]] == [
        ("ruth", "status"),
        (None, "Preparation. Two things wait for you."),
    ]
    later = await http.get("/room/appeared", params={"as": "ruth", "since": everything["seq"]})
    assert later.json() == {"seq": everything["seq"], "items": []}


async def test_clock_moves_and_what_is_due_happens(http, house):
    await house.start("preparation")
    moved = await post(http, "/room/clock", to="next")
    assert (moved["words"], moved["next_words"]) == (
        "Monday 6 July 2026, 4.45pm",
        "Tuesday 7 July 2026, 9am",
    )
    assert "Time for today's notes." in [
        message["plain"] for message in (await seen(http, "ruth"))["messages"]
    ]
    moved = await post(http, "/room/clock", to="2026-07-08 09:00")
    assert (moved["now"], moved["next"]) == ("2026-07-08T09:00:00+01:00", None)
    back = await http.post("/room/clock", json={"to": "2026-07-01 09:00"})
    assert (back.status_code, back.json()) == (
        400, {"error": "The clock only moves forward. It is Wednesday 8 July 2026, 9am."},
    )  # fmt: skip


async def test_unkindness_is_kept_and_refuses_what_it_does_not_know(http):
    kept = await post(http, "/room/unkind", delay=True, twice=True)
    assert (kept["delay"], kept["twice"], kept["drop_line"]) == (0.5, True, False)
    assert (await post(http, "/room/unkind", delay=0.01))["twice"] is True
    for wrong in ({"rude": True}, {"twice": "yes"}, {"delay": 1e9}, {"delay": -1}, {"delay": None}):
        assert (await http.post("/room/unkind", json=wrong)).status_code == 400


async def test_read_takes_the_unread_mark_away(http, house):
    house.person("Ruth Okafor")
    messages.post(house.chat, place="direct-ruth", card=card("One"), key="1")
    assert (await seen(http, "ruth"))["places"][0]["unread"] == 1
    await post(http, "/room/read", **{"as": "ruth", "place": "direct-ruth"})
    assert (await seen(http, "ruth"))["places"][0]["unread"] == 0


async def test_rest_and_start_reach_the_house(http, house):
    await post(http, "/room/rest")
    await post(http, "/room/start", how="nothing")
    assert (house.rested, house.started) == (1, ["nothing"])
    assert (await http.post("/room/start", json={"how": "over"})).status_code == 400


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost:8765@evil", "", "[::1]"]
)
async def test_foreign_host_is_refused_everywhere(http, host):
    for path in ("/", "/room/view?as=helen", "/room/stream?as=helen", "/static/room.css"):
        answer = await http.get(path, headers={"host": host})
        assert (answer.status_code, list(answer.json())) == (421, ["error"])


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:3000", "https://127.0.0.1:8765", ""]
)
async def test_foreign_origin_is_refused_everywhere(http, house, origin):
    house.person("Helen Marsh")
    for path in ("/", "/room/view?as=helen", "/room/stream?as=helen"):
        assert (await http.get(path, headers={"origin": origin})).status_code == 403
    said = await http.post(
        "/room/say", json={"as": "helen", "place": "direct", "text": "x"}, headers={"origin": origin}
    )
    assert said.status_code == 403
    assert house.heard == []


async def test_own_origin_and_localhost_are_let_through(http):
    headers = {"host": "localhost:8765", "origin": "http://localhost:8765"}
    assert (await http.get("/room/people", headers=headers)).status_code == 200


async def test_every_answer_carries_the_safety_headers(http):
    for answer in (await http.get("/"), await http.get("/room/people"), await http.get("/nowhere")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]


async def test_post_that_is_not_json_is_refused(http):
    forms = ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "")
    for kind in forms:
        answer = await http.post("/room/start", content=b'{"how": "nothing"}', headers={"content-type": kind})
        assert answer.status_code == 415


async def test_body_over_the_limit_is_refused_with_and_without_its_length(http):
    async def pieces():
        for _ in range(300):
            yield b" " * 1024

    headers = {"content-type": "application/json"}
    for content in (b" " * (300 * 1024), pieces()):
        answer = await http.post("/room/say", content=content, headers=headers)
        assert (answer.status_code, list(answer.json())) == (413, ["error"])


@pytest.mark.parametrize(
    "path", ["people", "rooms", "say", "press", "submit", "close", "read", "clock", "unkind", "start"]
)
@pytest.mark.parametrize(
    "content",
    [
        b"nonsense",
        b"[]",
        b"null",
        b'{"as": ["helen"]}',
        b'{"as": "helen", "text": "\\ud800", "place": "direct"}',
        b"[" * 100_000,
        b'{"as": "helen", "form": ' + b"9" * 5000 + b"}",
        b'{"as": "nobody", "title": 1}',
        b'{"as": "helen", "message": 1e400, "button": "x", "form": -1, "to": 7, "how": {}, "name": null}',
        b'{"delay": NaN}',
        b'{"as": "helen", "message": 99999999, "button": "1.0", "form": 1, "fields": {"a": []}}',
        b'{"as": "helen", "message": "\xff"}',
    ],
)
async def test_bad_input_is_a_4xx_with_a_sentence(http, house, path, content):
    house.person("Helen Marsh")
    answer = await http.post(f"/room/{path}", content=content, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert list(answer.json()) == ["error"]


async def test_bad_questions_are_a_4xx_with_a_sentence(http, house):
    house.person("Helen Marsh")
    for path in (
        "/room/view", "/room/view?as=nobody", "/room/stream?as=nobody", "/room/appeared?as=helen&since=x",
        "/room/appeared?as=helen&since=99999999999999999999", "/room/say", "/nowhere", "/static/nothing.js",
        "/static/../web.py",
    ):  # fmt: skip
        answer = await http.get(path)
        assert 400 <= answer.status_code < 500
        assert list(answer.json()) == ["error"]
