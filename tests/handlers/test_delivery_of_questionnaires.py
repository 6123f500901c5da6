"""What went out about a questionnaire tells nobody who answered it, and who did not yet."""

from datetime import timedelta

import pytest

from handlers import delivery, knowing
from handlers.rules.series import Question
from store.outbox import Outgoing
from store.session import Store
from tests.fakes import database
from tests.handlers.evaluating import AFTER_VISIT, WORDS, house

ALL_ROLES = frozenset({"coordinator", "programme_manager", "challenge_manager", "principal_adviser"})
ANSWERING = sorted(
    name
    for name in WORDS.templates
    if name.startswith("questionnaire_") or name in {Question(key="q", asks="").template, "interview_opening"}
)


@pytest.fixture
def home(tmp_path):
    store = Store(database.fresh(tmp_path))
    made = house(store)
    yield made
    made.session.close()
    store.close()


def _queue(home, template, state, key):
    home.session.add(
        Outgoing(
            programme_id=home.programme.id, challenge_id=home.challenge.id, person_id=home.person("Dana").id,
            key=key, op="post", template=template, facts={}, hidden={}, state=state, late="skip",
            queued_at=AFTER_VISIT, not_before=AFTER_VISIT - timedelta(minutes=1),
        )
    )  # fmt: skip
    home.session.flush()


def _told(home, roles):
    return delivery.delivery(
        home.session,
        home.challenge,
        home.format,
        WORDS,
        roles,
        home.person("Jo"),
        AFTER_VISIT,
        AFTER_VISIT.date(),
        "",
    ).facts


@pytest.mark.parametrize("template", sorted(set(ANSWERING) - set(knowing._ASKED)))
def test_message_of_answering_a_questionnaire_is_in_nobodys_delivery(home, template):
    for state in ("sent", "ready", "dead", "held", "by_hand"):
        _queue(home, template, state, f"{template}-{state}")

    told = _told(home, ALL_ROLES)

    assert [told[name] for name in ("by_hand", "failed", "waiting", "sent")] == [[], [], [], []]
    assert delivery.to_pass_on(home.session, home.challenge, home.format, WORDS, ALL_ROLES) == 0


def test_message_of_another_kind_is_still_told(home):
    _queue(home, "request_settled", "sent", "one")

    assert [row["what"] for row in _told(home, ALL_ROLES)["sent"]] == ["request_settled"]
