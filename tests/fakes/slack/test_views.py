import pytest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import Cannot, Peer
from tests.fakes.slack.bolted import answering, bolted
from tests.fakes.slack.manifests import everything


def plain(text):
    return {"type": "plain_text", "text": text}


def asks(name, label, element, **of):
    element = {"action_id": "answer", **element}
    return {"type": "input", "block_id": f"field:1:{name}", "label": plain(label), "element": element, **of}


KIND = [
    {"text": plain(label), "value": value} for value, label in (("early", "Early help"), ("care", "Care"))
]
TEXT = asks("text", "Text", {"type": "plain_text_input", "max_length": 20})
DAY = asks("day", "By when", {"type": "datepicker"}, optional=True)
KINDS = asks("kinds", "Kinds", {"type": "checkboxes", "options": KIND}, optional=True)


def modal(title, *blocks, **of):
    return {"type": "modal", "title": plain(title), "submit": plain("Save"), "blocks": list(blocks), **of}


@pytest.fixture
def opening(app):
    """Answer a command with a form."""

    async def answer(payload):
        if "command" in payload:
            await app.client.views_open(
                trigger_id=payload["trigger_id"], view=modal("Key line", TEXT, DAY, KINDS)
            )
        return BoltResponse(status=200)

    app.answer = answer
    return app


async def submitted(app, peer, jo, body):
    """What comes of a submission that is answered with this body."""
    app.answer = answering(body)
    return await peer.submit(jo, {"text": "Is it?"})


def trigger(app):
    return app.heard[-1]["trigger_id"]


async def test_trigger_opens_one_view_within_three_seconds(peer, app, team, jo):
    await peer.slash(jo, team, "kloe add")
    used = trigger(app)
    await app.client.views_open(trigger_id=used, view=modal("First", TEXT))
    await peer.slash(jo, team, "kloe add")
    old = trigger(app)
    peer.later(3.5)

    found = {}
    for name in (used, old, "1.2.abc"):
        with pytest.raises(SlackApiError) as caught:
            await app.client.views_open(trigger_id=name, view=modal("Second", TEXT))
        found[name] = caught.value.response["error"]

    assert found == {used: "exchanged_trigger_id", old: "expired_trigger_id", "1.2.abc": "invalid_trigger_id"}
    assert [form.title for form in peer.forms(jo)] == ["First"]


async def test_submit_sends_what_was_typed_by_name_or_label(peer, opening, team, jo):
    await peer.slash(jo, team, "kloe add")
    await peer.submit(jo, {"text": "Is it?", "By when": "2026-11-09", "Kinds": "Care, early"})

    assert opening.heard[-1]["view"]["state"]["values"] == {
        "field:1:text": {"answer": {"type": "plain_text_input", "value": "Is it?"}},
        "field:1:day": {"answer": {"type": "datepicker", "selected_date": "2026-11-09"}},
        "field:1:kinds": {"answer": {"type": "checkboxes", "selected_options": [KIND[1], KIND[0]]}},
    }
    assert peer.form(jo) is None


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "required"),
        ({"text": "x" * 21}, "0 to 20 characters"),
        ({"text": "x", "day": "tomorrow"}, "picked"),
        ({"text": "x", "kinds": "Adoption"}, "no choice Adoption"),
        ({"colour": "red"}, "no field called colour"),
    ],
)
async def test_submit_what_slack_does_not_let_people_send_reaches_nobody(
    peer, opening, team, jo, values, why
):
    await peer.slash(jo, team, "kloe add")
    heard = len(opening.heard)

    with pytest.raises(Cannot, match=why):
        await peer.submit(jo, values)

    assert len(opening.heard) == heard


async def test_errors_stand_at_their_fields_and_the_form_stays(peer, opening, team, jo):
    await peer.slash(jo, team, "kloe add")
    await submitted(
        opening, peer, jo, {"response_action": "errors", "errors": {"field:1:text": "Too short."}}
    )

    assert peer.form(jo).errors == {"field:1:text": "Too short."}
    assert "Too short." in peer.form(jo).plain


@pytest.mark.parametrize(
    "body",
    [
        {"response_action": "errors", "errors": {"nowhere": "Too short."}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "replace"},
        {"response_action": "update", "view": modal("x" * 25, TEXT)},
        "Thank you",
    ],
)
async def test_answer_to_a_submission_that_slack_does_not_understand_is_a_mistake(jo, body):
    async with Peer(manifest=everything()) as peer, bolted(peer) as app:
        jo = peer.add_person("Jo Baker")
        await peer.slash(jo, peer.direct(jo), "kloe add")
        await app.client.views_open(trigger_id=trigger(app), view=modal("Key line", TEXT))

        act = await submitted(app, peer, jo, body)

        assert act.trouble
        assert peer.form(jo).title == "Key line"
        assert len(peer.mistakes) == 1
        peer.mistakes.clear()


async def test_answers_to_a_submission_update_push_and_clear(peer, opening, team, jo):
    await peer.slash(jo, team, "kloe add")
    await submitted(opening, peer, jo, {"response_action": "update", "view": modal("Second", TEXT)})
    assert [form.title for form in peer.forms(jo)] == ["Second"]
    await submitted(opening, peer, jo, {"response_action": "push", "view": modal("Third", TEXT)})
    assert [form.title for form in peer.forms(jo)] == ["Second", "Third"]
    await submitted(opening, peer, jo, {"response_action": "clear"})
    assert peer.forms(jo) == []


async def test_update_with_an_old_hash_is_refused(peer, opening, team, jo):
    await peer.slash(jo, team, "kloe add")
    view = peer.form(jo).view
    first = view.hash
    await opening.client.views_update(view_id=view.id, hash=first, view=modal("Second", TEXT))

    with pytest.raises(SlackApiError, match="hash_conflict"):
        await opening.client.views_update(view_id=view.id, hash=first, view=modal("Third", TEXT))

    assert peer.form(jo).title == "Second"


async def test_update_of_a_closed_view_is_refused(peer, opening, team, jo):
    await peer.slash(jo, team, "kloe add")
    view = peer.form(jo).view
    await peer.close(jo)

    with pytest.raises(SlackApiError, match="not_found"):
        await opening.client.views_update(view_id=view.id, view=modal("Second", TEXT))


async def test_close_is_told_only_when_it_was_asked_for(peer, app, team, jo):
    for told in (False, True):
        await peer.slash(jo, team, "kloe add")
        view = modal("Key line", TEXT, notify_on_close=told)
        await app.client.views_open(trigger_id=trigger(app), view=view)
        await peer.close(jo)

    types = [payload.get("type") for payload in app.heard]
    assert types.count("view_closed") == 1


async def test_home_shows_what_was_published_and_its_buttons_can_be_pressed(peer, app, jo):
    button = {"type": "button", "text": plain("Agree"), "action_id": "phrase:0", "value": "agree"}
    home = {"type": "home", "blocks": [{"type": "header", "text": plain("Waiting for you")},
                                       {"type": "actions", "elements": [button]}]}  # fmt: skip
    await peer.open_home(jo)
    await app.client.views_publish(user_id=jo.id, view=home)
    await peer.press(jo, peer.home(jo), "Agree")

    assert peer.home(jo).plain == "Waiting for you"
    assert (app.events, app.heard[0]["event"]["tab"]) == (["app_home_opened"], "home")
    pressed = app.heard[-1]
    assert (pressed["container"]["type"], pressed["actions"][0]["value"]) == ("view", "agree")
    assert "response_url" not in pressed
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await app.client.views_publish(user_id=jo.id, view=home, hash="old")


async def test_home_that_is_turned_off_is_refused():
    manifest = everything()
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    async with Peer(manifest=manifest) as peer, bolted(peer) as app:
        jo = peer.add_person("Jo Baker")
        with pytest.raises(SlackApiError, match="not_enabled"):
            await app.client.views_publish(
                user_id=jo.id, view={"type": "home", "blocks": [{"type": "divider"}]}
            )
