"""Forms of several modals: what was filled in on the earlier ones is there when the last is sent in."""

import json
from dataclasses import replace

import pytest

from bot.slack import steps
from bot.slack.draw_form import errors
from bot.slack.hearing import Act, Modal, came_from
from bot.slack.steps import Forgotten, Steps
from handlers.command import Command, Contents
from handlers.message import Field, Form, Reply
from handlers.shapes import FieldShape, FormShape
from tests.bot.slack.served import in_slack
from tests.fakes.commands import NotLikeThis

ASKED = Act(id="said-1", user="U1", channel="C1", text="answer sheet", response_url="https://r")


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


def test_form_of_one_modal_has_no_steps():
    kept = Steps(lambda: 0)
    form = replace(_form(), fields=_form().fields[:3])
    first = kept.first(form, ASKED)

    assert came_from(first["private_metadata"]) == {
        "channel": "C1",
        "form": came_from(first["private_metadata"])["form"],
    }
    assert kept.next(_act(first, q0="a")) is None
    assert kept.whole(_act(first, q0="a")).fields == {"q0": "a"}


def test_answers_of_every_step_are_there_at_the_end():
    kept = Steps(lambda: 0)
    first = kept.first(_form(), ASKED)
    second = kept.next(_act(first, q0="a"))

    assert (first["submit"]["text"], second["submit"]["text"]) == ("Next", "Send")
    assert "q0" in _names(first)
    assert "q149" in _names(second)
    assert kept.next(_act(second, q149="b")) is None
    assert kept.whole(_act(second, q149="b")).fields == {"q0": "a", "q149": "b"}


def test_every_step_says_where_the_form_was_asked_for():
    kept = Steps(lambda: 0)
    first = kept.first(_form(), ASKED)
    second = kept.next(_act(first))

    assert [came_from(view["private_metadata"])["channel"] for view in (first, second)] == ["C1", "C1"]
    assert json.loads(second["private_metadata"])["phrase"] == "answer sheet"


def test_two_people_with_the_same_form_do_not_share_answers():
    kept = Steps(lambda: 0)
    hers, his = kept.first(_form(), ASKED), kept.first(_form(), ASKED)
    her_second, his_second = kept.next(_act(hers, q0="hers")), kept.next(_act(his, q0="his"))

    assert kept.whole(_act(her_second)).fields == {"q0": "hers"}
    assert kept.whole(_act(his_second)).fields == {"q0": "his"}


def test_step_sent_in_twice_goes_on_from_there_both_times():
    kept = Steps(lambda: 0)
    first = kept.first(_form(), ASKED)
    kept.next(_act(first, q0="a"))
    second = kept.next(_act(first, q0="b"))

    assert kept.whole(_act(second)).fields == {"q0": "b"}


@pytest.mark.parametrize(("wrong", "submit"), [("q0", "Next"), ("q149", "Send")])
def test_error_brings_the_step_with_the_field_and_everything_that_was_typed(wrong, submit):
    kept = Steps(lambda: 0)
    form = _form(**{wrong: "Not like this."})
    shown = kept.at_fault(form, ASKED)

    assert errors(form).keys() <= {block.get("block_id") for block in shown["blocks"]}
    assert shown["submit"]["text"] == submit
    last = kept.next(_act(shown, q0="mended")) or shown
    whole = kept.whole(_act(last, q149="y")).fields
    assert (whole["q5"], whole["q149"], len(whole)) == ("x", "y", 150)


def test_step_after_a_restart_is_known_to_be_forgotten():
    first = Steps(lambda: 0).first(_form(), ASKED)

    with pytest.raises(Forgotten):
        Steps(lambda: 0).next(_act(first))
    with pytest.raises(Forgotten):
        Steps(lambda: 0).whole(_act(first))


def test_person_has_a_few_forms_in_hand_whatever_others_have():
    kept = Steps(lambda: 0)
    others = kept.first(_form(), replace(ASKED, user="U2"))
    oldest, *newest = [kept.first(_form(), ASKED) for _ in range(steps.MOST_EACH + 1)]

    with pytest.raises(Forgotten):
        kept.next(_act(oldest))
    assert all(kept.next(_act(one)) for one in newest)
    assert kept.next(replace(_act(others), user="U2"))


def test_form_is_forgotten_when_nobody_touches_it_any_more():
    moment = [0]
    kept = Steps(lambda: moment[0])
    first = kept.first(_form(), ASKED)
    moment[0] = steps.LASTS + 1
    kept.first(_form(), replace(ASKED, user="U2"))

    with pytest.raises(Forgotten):
        kept.next(_act(first))
    assert len(kept) == 1


def test_form_that_was_answered_is_forgotten():
    kept = Steps(lambda: 0)
    kept.done(_act(kept.first(_form(), ASKED)))

    assert len(kept) == 0


def test_form_of_somebody_else_is_none_of_theirs():
    kept = Steps(lambda: 0)
    first = kept.first(_form(), ASKED)

    with pytest.raises(Forgotten):
        kept.whole(replace(_act(first), user="U2"))


@pytest.mark.parametrize("questions", [3, 150])
def test_form_is_answered_where_it_was_asked_for_without_a_word_of_it_in_the_modal(questions):
    kept = Steps(lambda: 0)
    first = kept.first(replace(_form(), fields=_form().fields[:questions]), ASKED)

    assert "https" not in first["private_metadata"]
    assert kept.whole(_act(first)).response_url == "https://r"


def test_person_picked_on_an_earlier_step_is_picked_at_the_end():
    kept = Steps(lambda: 0)
    first = kept.first(_form(), ASKED)
    second = kept.next(replace(_act(first), picked={"name": "U7"}))

    assert kept.whole(_act(second)).picked == {"name": "U7"}


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
async def test_step_sent_in_after_a_restart_says_so_once_and_keeps_what_was_typed(sheet, filled):
    for _ in range(filled):
        await sheet.peer.submit(sheet.jo, {"q1": "first"})
    sheet.surface._listening._steps._in_hand.clear()
    act = await sheet.peer.submit(sheet.jo, {})
    await sheet.rest()

    form = sheet.peer.form(sheet.jo)
    assert (act.trouble, list(form.errors.values())) == (None, [sheet.house.answer("form_forgotten").plain])
    assert sheet.of_the_bot(sheet.jo) == []
