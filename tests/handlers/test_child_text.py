"""Text that looks as if it identified a child: not stored in any table, not logged, not echoed."""

import pytest

from store.heard import Heard
from tests.fakes.house import BEGINS

SECRETS = {
    "nhs": "Her NHS number is 943 476 5919, please check",
    "upn": "Pupil H801200001001 was seen on Monday",
    "born": "Tia Brandreth was born 14/03/2015 and lives there",
}
TRACES = ("943 476 5919", "9434765919", "H801200001001", "Brandreth", "14/03/2015")


def _traces(where):
    return [trace for trace in TRACES if trace in where]


def _ways(secret):
    """Every way in which words reach the bot."""
    return {
        "typed": {"text": f"say back {secret}"},
        "typed without a command": {"text": secret},
        "typed for a challenge": {"text": f"say back {secret} in exampleshire"},
        "a form's field": {"text": "say back", "fields": {"text": secret, "day": "9 nov"}},
        "a form's other field": {"text": "say back", "fields": {"text": "hello", "day": secret}},
        "one of several choices": {"text": "say back", "fields": {"text": ["hello", secret], "day": "9 nov"}},
        "a form that could open": {"text": f"say back {secret}", "can_open_form": True},
        "a failing handler": {"text": f"go wrong {secret}"},
    }


WAYS = list(_ways(""))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("sign", sorted(SECRETS))
def test_text_that_may_identify_a_child_leaves_no_trace(house, logged, sign, way):
    of = _ways(SECRETS[sign])[way]
    answer = house.says("Helen", of.pop("text"), **of)

    assert answer.card == house.answer("child_text", {"chat": "chat"})
    assert _traces(house.bytes().decode("latin-1")) == []
    assert _traces(repr(house.outcome())) == []
    assert _traces(logged.getvalue()) == []
    assert house.outcome()[0] == "refused"


def test_text_that_identifies_nobody_is_found_on_the_disk(house):
    house.says("Helen", "say back", fields={"text": "Brandreth Close is a children's home", "day": "9 nov"})

    assert _traces(house.bytes().decode("latin-1")) == ["Brandreth"]


def test_refused_text_is_remembered_as_heard_and_no_more(house):
    house.says("Helen", f"say back {SECRETS['nhs']}")
    heard = house.one(Heard, id="said-1")

    assert (heard.outcome, heard.at, heard.answer["facts"]) == ("refused", BEGINS, {"chat": "chat"})
