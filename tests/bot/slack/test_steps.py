"""Forms of several modals: what was filled in on the earlier ones is there when the last is sent in."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.slack.draw_form import errors
from bot.slack.hearing import Act, Modal, came_from
from bot.slack.steps import MOST_EACH, Forgotten, Steps
from handlers.command import Command, Contents
from handlers.message import Field, Form, Reply
from handlers.shapes import FieldShape, FormShape
from store.form_in_hand import LASTS, FormInHand
from store.trouble import Away
from tests.bot.slack.served import in_slack
from tests.fakes.commands import NotLikeThis

ASKED = Act(id="said-1", user="U1", channel="C1", text="answer sheet", response_url="https://r")


@pytest.fixture
def kept(ear):
    return Steps(ear)


def _form(**wrong):
    """A form of two modals: the hundredth question does not fit into one."""
    fields = [
        Field(
            name=f"q{n}", label=f"Question {n}", required=False, error=wrong.get(f"q{n}"), value=wrong and "x"
        )
        for n in range(150)
    ]
    return Form(title="Sheet", phrase="answer sheet", fields=tuple(fields), submit="Send", hidden={})


def _act(view, **fields):
    where = came_from(view["private_metadata"])
    modal = Modal(id="V1", blocks=(), form=where["form"], page=where.get("page"))
    return Act(id="a", user="U1", channel="C1", text="answer sheet", fields=fields, modal=modal)


def _names(view):
    return {block["block_id"].rpartition(":")[2] for block in view["blocks"] if "block_id" in block}


async def test_form_of_one_modal_has_no_steps(kept):
    form = replace(_form(), fields=_form().fields[:3])
    first = await kept.first(form, ASKED)

    assert came_from(first["private_metadata"]) == {
        "channel": "C1",
        "form": came_from(first["private_metadata"])["form"],
    }
    assert await kept.next(_act(first, q0="a")) is None
    assert (await kept.answerable(_act(first, q0="a"))).fields == {"q0": "a"}


async def test_answers_of_every_step_are_there_at_the_end(kept):
    first = await kept.first(_form(), ASKED)
    second = await kept.next(_act(first, q0="a"))

    assert (first["submit"]["text"], second["submit"]["text"]) == ("Next", "Send")
    assert "q0" in _names(first)
    assert "q149" in _names(second)
    assert await kept.next(_act(second, q149="b")) is None
    assert (await kept.whole(_act(second, q149="b"))).fields == {"q0": "a", "q149": "b"}


async def test_every_step_says_where_the_form_was_asked_for(kept):
    first = await kept.first(_form(), ASKED)
    second = await kept.next(_act(first))

    assert [came_from(view["private_metadata"])["channel"] for view in (first, second)] == ["C1", "C1"]
    assert json.loads(second["private_metadata"])["phrase"] == "answer sheet"


async def test_two_people_with_the_same_form_do_not_share_answers(kept):
    hers, his = await kept.first(_form(), ASKED), await kept.first(_form(), ASKED)
    her_second, his_second = await kept.next(_act(hers, q0="hers")), await kept.next(_act(his, q0="his"))

    assert (await kept.whole(_act(her_second))).fields == {"q0": "hers"}
    assert (await kept.whole(_act(his_second))).fields == {"q0": "his"}


async def test_step_sent_in_twice_goes_on_from_there_both_times(kept):
    first = await kept.first(_form(), ASKED)
    await kept.next(_act(first, q0="a"))
    second = await kept.next(_act(first, q0="b"))

    assert (await kept.whole(_act(second))).fields == {"q0": "b"}


@pytest.mark.parametrize(("wrong", "submit"), [("q0", "Next"), ("q149", "Send")])
async def test_error_brings_the_step_with_the_field_and_everything_that_was_typed(kept, wrong, submit):
    form = _form(**{wrong: "Not like this."})
    shown = await kept.at_fault(form, ASKED)

    assert errors(form).keys() <= {block.get("block_id") for block in shown["blocks"]}
    assert shown["submit"]["text"] == submit
    last = await kept.next(_act(shown, q0="mended")) or shown
    whole = (await kept.whole(_act(last, q149="y"))).fields
    assert (whole["q5"], whole["q149"], len(whole)) == ("x", "y", 150)


async def test_step_is_taken_in_another_process_or_after_a_restart(kept, ear):
    first = await kept.first(_form(), ASKED)
    second = await Steps(ear).next(_act(first, q0="a"))

    assert (await Steps(ear).whole(_act(second, q149="b"))).fields == {"q0": "a", "q149": "b"}


async def test_number_that_a_form_carries_is_not_kept(kept, house):
    first = await kept.first(_form(), ASKED)

    [row] = house.ask(select(FormInHand))
    assert came_from(first["private_metadata"])["form"] not in (row.name, str(row.pages))


@pytest.mark.parametrize("questions", [3, 150])
async def test_form_that_needs_no_keeping_is_not_kept(kept, house, questions):
    fields = _form().fields[:questions]
    await kept.first(replace(_form(), fields=fields), replace(ASKED, response_url=None))

    assert len(house.ask(select(FormInHand))) == (questions > 3)


async def test_page_that_may_identify_a_child_is_not_kept(kept, house):
    first = await kept.first(_form(), ASKED)
    sent = _act(first, q0="Her NHS number is 943 476 5919.")

    assert await kept.next(sent) is None
    assert [row.answers for row in house.ask(select(FormInHand))] == [[]]


async def _a_second_later(kept, house):
    house.clock.wait(1)
    return await kept.first(_form(), ASKED)


async def test_person_has_a_few_forms_in_hand_whatever_others_have(kept, house):
    others = await kept.first(_form(), replace(ASKED, user="U2"))
    oldest, *newest = [await _a_second_later(kept, house) for _ in range(MOST_EACH + 1)]

    with pytest.raises(Forgotten):
        await kept.next(_act(oldest))
    assert all([await kept.next(_act(one)) for one in newest])
    assert await kept.next(replace(_act(others), user="U2"))


async def test_form_is_forgotten_when_nobody_touches_it_any_more(kept, house):
    first = await kept.first(_form(), ASKED)
    house.clock.wait(LASTS.total_seconds() + 1)

    with pytest.raises(Forgotten):
        await kept.next(_act(first))
    await kept.first(_form(), replace(ASKED, user="U2"))
    assert [row.account for row in house.ask(select(FormInHand))] == ["U2"]


async def test_form_that_was_answered_is_forgotten(kept, house):
    await kept.done(_act(await kept.first(_form(), ASKED)))

    assert house.ask(select(FormInHand)) == []


async def test_form_of_somebody_else_is_none_of_theirs(kept):
    first = await kept.first(_form(), ASKED)

    with pytest.raises(Forgotten):
        await kept.whole(replace(_act(first), user="U2"))


@pytest.mark.parametrize("questions", [3, 150])
async def test_form_is_answered_where_it_was_asked_for_without_a_word_of_it_in_the_modal(kept, questions):
    first = await kept.first(replace(_form(), fields=_form().fields[:questions]), ASKED)

    assert "https" not in first["private_metadata"]
    sent = await kept.whole(await kept.answerable(_act(first)))
    assert sent.response_url == "https://r"


async def test_person_picked_on_an_earlier_step_is_picked_at_the_end(kept):
    first = await kept.first(_form(), ASKED)
    second = await kept.next(replace(_act(first), picked={"name": "U7"}))

    assert (await kept.whole(_act(second))).picked == {"name": "U7"}


# In Slack


def _questions():
    fields = tuple(
        FieldShape(name=f"q{n}", label=f"Question {n}", required=False, limit=20) for n in range(150)
    )
    return FormShape(key="sheet", title="Sheet", phrase="answer sheet", submit="Send", fields=fields)


def _noted(filled):
    if filled["q1"] == "not like this":
        raise NotLikeThis(at_field="q1", text="x")
    kept = ", ".join(f"{name} {value}" for name, value in filled.items() if value)
    return Reply("said_back", {"text": kept, "day": "2026-07-06"})


@pytest.fixture
async def sheet(house):
    """Jo in Slack, with the first step of a long form open in front of her."""
    command = Command("answer sheet", _noted, form=_questions, opens=True)
    house.desk = replace(house.desk, contents=Contents((*house.desk.contents.commands, command)))
    async with in_slack(house) as slack:
        await slack.peer.slash(slack.jo, slack.peer.direct(slack.jo), "answer sheet")
        yield slack


async def test_long_form_is_filled_in_step_by_step(sheet):
    await sheet.peer.submit(sheet.jo, {"q1": "first"})
    await sheet.peer.submit(sheet.jo, {"q149": "last"})
    await sheet.rest()

    [answer] = sheet.of_the_bot(sheet.jo)
    assert "q1 first, q149 last" in answer.plain
    assert sheet.peer.form(sheet.jo) is None


async def test_mistake_on_an_earlier_step_brings_that_step_back_with_everything_typed(sheet):
    await sheet.peer.submit(sheet.jo, {"q1": "not like this"})
    await sheet.peer.submit(sheet.jo, {"q149": "last"})
    values = {field["name"]: field["value"] for field in sheet.peer.form(sheet.jo).fields}
    assert (values["q1"], "q149" in values) == ("not like this", False)

    await sheet.peer.submit(sheet.jo, {"q1": "like this"})
    await sheet.peer.submit(sheet.jo)
    await sheet.rest()
    [answer] = sheet.of_the_bot(sheet.jo)
    assert "q1 like this, q149 last" in answer.plain


@pytest.mark.parametrize("filled", [0, 1])
async def test_step_sent_in_too_late_says_so_once_and_keeps_what_was_typed(sheet, filled):
    for _ in range(filled):
        await sheet.peer.submit(sheet.jo, {"q1": "first"})
    sheet.house.clock.wait(LASTS.total_seconds() + 1)
    act = await sheet.peer.submit(sheet.jo, {})
    await sheet.rest()

    form = sheet.peer.form(sheet.jo)
    assert (act.trouble, list(form.errors.values())) == (None, [sheet.house.answer("form_forgotten").plain])
    assert sheet.of_the_bot(sheet.jo) == []


async def test_earlier_page_that_may_identify_a_child_is_refused_at_once(sheet):
    await sheet.peer.submit(sheet.jo, {"q1": "NHS 943 476 5919"})
    await sheet.rest()

    [answer] = sheet.of_the_bot(sheet.jo)
    assert answer.plain == sheet.house.answer("child_text", {"chat": "slack"}).plain
    assert sheet.house.ask(select(FormInHand)) == []


async def test_step_sent_in_too_late_while_the_store_is_away_says_that_nothing_was_saved(sheet, monkeypatch):
    async def away(_ear, _said):
        raise Away("57P01")

    sheet.house.clock.wait(LASTS.total_seconds() + 1)
    monkeypatch.setattr("bot.hear.Ear.is_settled", away)
    act = await sheet.peer.submit(sheet.jo, {})
    await sheet.rest()

    [wrong] = sheet.peer.form(sheet.jo).errors.values()
    assert (act.trouble, "Nothing was saved" in wrong) == (None, True)


async def test_whether_a_form_was_settled_is_asked_before_work_for_which_nobody_waits(ear, monkeypatch):
    async def nobody_waits(_unit):
        raise AssertionError

    monkeypatch.setattr(ear, "work", nobody_waits)
    assert await ear.is_settled("said-1") is False
    await Steps(ear).done(_act(await Steps(ear).first(_form(), ASKED)))
