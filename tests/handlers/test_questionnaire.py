from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from handlers import asking, questionnaire, rounds, sheets
from handlers.shapes import Shapes
from store.heard import Heard
from store.questionnaire import SheetAnswer, sheet_answers
from store.session import Store
from tests.fakes import database
from tests.handlers.evaluating import AFTER_VISIT, PEERS, TEMPLATES, house, said

ANONYMOUS = """
title = "What helped"
who_reads = "The programme manager."
confidentiality = "anonymous"
minutes = 2
[[questions]]
name = "challenge"
asks = "Was it a good challenge?"
choices = ["Yes", "No"]
required = true
[[questions]]
name = "helped"
asks = "What helped?"
kind = "long"
"""


@pytest.fixture
def store(tmp_path):
    made = Store(database.fresh(tmp_path))
    yield made
    made.close()


@pytest.fixture
def home(store):
    made = house(store)
    yield made
    made.session.close()


@pytest.fixture
def issued(home):
    home.challenge.final_issued_at = AFTER_VISIT
    home.challenge.final_issued_by = home.person("Priya").id
    return home


@pytest.fixture
def sent(issued):
    send(issued)
    return issued


@pytest.fixture
def anonymous(store, tmp_path):
    """The peers' questionnaire, but anonymous."""
    folder = tmp_path / "templates" / "questionnaires"
    folder.mkdir(parents=True)
    (folder / "peer_team.toml").write_text(ANONYMOUS, encoding="utf-8")
    made = house(store, shapes=Shapes.load(TEMPLATES, tmp_path / "templates"))
    made.challenge.final_issued_at = AFTER_VISIT
    send(made)
    yield made
    made.session.close()


def send(home, by="Jo", name="peer_team"):
    return questionnaire.send(home.post, home.challenge, home.person(by), {}, name)


def show(home, by, text="", *, direct=True, about=None):
    return questionnaire.open_or_show(
        home.post,
        home.challenge,
        home.format,
        home.person(by),
        home.roles(by),
        said("questionnaire", direct=direct),
        about or {},
        text,
    )


def say(home, name, text):
    return asking.answer(home.session, home.post, home.person(name), {}, text)


def fill(home, name, send="now", **answers):
    person, about = home.person(name), {"questionnaire": "peer_team"}
    sheets.form(home.post, home.challenge, person, about)
    filled = {f"q_{key}": value for key, value in answers.items()}
    return sheets.fill_in(home.post, home.challenge, person, home.today, about, filled, send)


def answers(home, name):
    part = home.part(name)
    return {key: row.value for key, row in sheet_answers(home.session, part.sheet).items()}


# Sending


def test_send_before_the_final_is_refused_and_asks_nobody(home):
    with pytest.raises(rounds.SentBeforeFinal):
        send(home)
    assert home.sent("questionnaire_ask") == []


def test_send_asks_each_peer_for_the_role_they_hold_now(sent):
    assert sent.sent("questionnaire_ask") == [(name, "ready") for name in PEERS]
    assert [sent.part(name).role for name in ("Martin", "Dana", "Ella")] == [
        "lead_peer",
        "peer",
        "lead_member_peer",
    ]


def test_send_without_a_name_takes_the_only_one_that_is_the_senders(issued):
    assert send(issued, name="").facts["names"] == list(PEERS)


def test_send_again_asks_only_who_has_come_since(sent):
    sent.give("Nia", "peer")
    sent.now += timedelta(days=1)
    assert send(sent).facts["names"] == ["Nia"]


def test_send_again_with_nobody_new_says_so_and_how_many_answered(sent):
    fill(sent, "Dana", team="great")
    with pytest.raises(questionnaire.AlreadySent) as refused:
        send(sent)
    assert (refused.value.facts["asked"], refused.value.facts["answered"]) == (6, 1)


@pytest.mark.parametrize("name", ["Ruth", "Priya", "Helen", "Dana"])
def test_send_by_somebody_else_names_who_may(issued, name):
    with pytest.raises(questionnaire.NotYoursToSend) as refused:
        send(issued, by=name)
    assert refused.value.facts == {"who": ["coordinator"]}


def test_send_an_interview_is_refused(issued):
    with pytest.raises(questionnaire.IsAnInterview):
        send(issued, by="Priya", name="director interview")


def test_send_with_an_unknown_name_names_those_there_are(issued):
    with pytest.raises(rounds.NoSuchQuestionnaire) as refused:
        send(issued, name="peers")
    assert refused.value.facts["there"] == ["peer_team", "director_interview", "challenge_manager"]


def test_send_to_a_team_that_has_left_is_refused(issued):
    for name in PEERS:
        issued.take(name)
    with pytest.raises(rounds.NobodyToAsk):
        send(issued)


@pytest.mark.parametrize(
    ("text", "can_be"),
    [
        ("peer_team", True),
        ("Your view as a peer", True),
        ("was quite useful, I think", False),
        ("a b c d e f", False),
    ],
)
def test_names_one_is_short_and_plain(text, can_be):
    assert questionnaire.names_one(text) is can_be


# Answering


def test_questionnaire_of_who_was_asked_begins_with_who_reads_it(sent):
    opening = sent.post.session.scalars(select(SheetAnswer)).all()
    assert opening == []
    asked = show(sent, "Dana")
    assert (asked.template, asked.facts["asks"]) == ("question", "What was your part?")


def test_answers_lie_on_a_sheet_that_names_nobody(sent):
    show(sent, "Dana")
    say(sent, "Dana", "peer")
    say(sent, "Dana", "skip")
    assert answers(sent, "Dana") == {"part": "Peer", "first": None}
    columns = SheetAnswer.__table__.columns.keys()
    assert columns == ["id", "challenge_id", "questionnaire", "sheet", "question", "value"]


def test_answers_of_others_are_in_no_reply_to_a_question(sent):
    show(sent, "Dana")
    say(sent, "Dana", "lead peer")
    show(sent, "Amir")
    reply = say(sent, "Amir", "peer")
    assert "Lead peer" not in repr({key: reply.facts[key] for key in ("said", "noted", "choices")})
    assert answers(sent, "Amir") == {"part": "Peer"}


def test_private_question_says_who_alone_reads_it(sent):
    _, own = sheets._meant(sent.post, sent.challenge, sent.person("Dana"), {}, "form")
    private = next(
        one for one in sheets._questions_of(sent.post, sent.challenge, own) if one.key == "private"
    )
    assert private.hint == "Only the programme manager reads this answer, however few people answer."


def test_finish_is_once_and_stays(sent):
    show(sent, "Dana")
    say(sent, "Dana", "peer")
    assert (
        sheets.finish(sent.post, sent.challenge, sent.person("Dana"), {}).template == "questionnaire_finished"
    )
    assert sent.part("Dana").finished_at == sent.now
    with pytest.raises(sheets.AlreadyFinished):
        show(sent, "Dana")
    with pytest.raises(sheets.AlreadyFinished):
        sheets.finish(sent.post, sent.challenge, sent.person("Dana"), {"questionnaire": "peer_team"})
    assert say(sent, "Dana", "lead peer") is None
    assert answers(sent, "Dana") == {"part": "Peer"}


def test_form_kept_for_later_can_be_changed_and_a_blank_takes_an_answer_back(sent):
    fill(sent, "Dana", "later", team="great", change="Less reading")
    assert sent.part("Dana").finished_at is None
    fill(sent, "Dana", "now", team="moderate", change=None)
    assert (answers(sent, "Dana")["team"], answers(sent, "Dana")["change"]) == ("moderate", None)
    assert sent.part("Dana").finished_at == sent.now


def test_form_holds_what_was_said_in_conversation(sent):
    show(sent, "Dana")
    say(sent, "Dana", "peer")
    prepared = sheets.prepared(sent.post, sent.challenge, sent.person("Dana"), {})
    assert prepared["q_part"] == "Peer"


@pytest.mark.parametrize("name", ["Helen", "Ruth"])
def test_questionnaire_of_who_was_not_asked_is_none(sent, name):
    with pytest.raises(rounds.NoQuestionnaire):
        show(sent, name)
    with pytest.raises(rounds.NoQuestionnaire):
        sheets.form(sent.post, sent.challenge, sent.person(name), {"questionnaire": "peer_team"})


def test_questionnaire_of_who_has_left_takes_no_answer(sent):
    show(sent, "Dana")
    sent.take("Dana")
    with pytest.raises(asking.NothingAsked):
        say(sent, "Dana", "peer")


def test_questionnaire_of_a_closed_challenge_takes_no_answer(sent):
    show(sent, "Dana")
    sent.challenge.closed_at = sent.now
    with pytest.raises(asking.NothingAsked):
        say(sent, "Dana", "peer")


def test_questionnaire_in_a_room_is_only_listed(sent):
    reply = show(sent, "Dana", direct=False)
    assert (reply.template, [one["can_answer"] for one in reply.facts["rounds"]]) == (
        "questionnaires",
        [True],
    )


def test_questionnaire_tells_the_sender_how_many_and_nobodys_name(sent):
    fill(sent, "Dana", team="great")
    reply = show(sent, "Jo")
    shown = {one["title"]: (one["answered"], one["asked"]) for one in reply.facts["rounds"]}
    assert shown["Your view as a peer"] == (1, 6)
    assert "Dana" not in repr(reply.facts)


def test_questionnaire_tells_a_peer_nothing_of_the_others(sent):
    fill(sent, "Amir", team="great")
    reply = show(sent, "Dana", direct=False)
    assert [(one["answered"], one["asked"]) for one in reply.facts["rounds"]] == [(0, 0)]


# Anonymous


def test_anonymous_sheet_is_led_to_by_nothing_once_it_is_sent(anonymous):
    dana = anonymous.person("Dana")
    show(anonymous, "Dana")
    asked = Heard(id="one", at=AFTER_VISIT, outcome="done", person_id=dana.id)
    hidden = {
        "challenge": anonymous.challenge.id,
        "series": "questionnaire",
        "thing": str(anonymous.part("Dana").id),
    }
    asked.answer = {"template": "question", "facts": {"said": "The lunches"}, "hidden": hidden, "to": "asker"}
    other = Heard(id="two", at=AFTER_VISIT, outcome="done", person_id=dana.id)
    other.answer = {"template": "status", "facts": {}, "hidden": {"challenge": 1}, "to": "asker"}
    anonymous.session.add_all([asked, other])
    anonymous.session.flush()

    fill(anonymous, "Dana", challenge="Yes", helped="The lunches")

    assert anonymous.part("Dana").sheet is None
    assert asked.answer == {"template": "questionnaire_forgotten", "facts": {}, "hidden": {}, "to": "asker"}
    assert other.answer["template"] == "status"
    kept = anonymous.session.scalars(select(SheetAnswer.value).order_by(SheetAnswer.question)).all()
    assert kept == ["Yes", "The lunches"]
    with pytest.raises(sheets.AlreadyFinished):
        show(anonymous, "Dana")


def test_needed_answer_is_asked_for_before_it_can_be_sent(anonymous):
    with pytest.raises(sheets.StillNeeded) as refused:
        fill(anonymous, "Dana", helped="The lunches")
    assert refused.value.facts["needed"] == ["Was it a good challenge?"]
    assert anonymous.part("Dana").finished_at is None


# The interview


def test_interview_opens_a_month_after_the_last_day_whatever_the_report(home):
    home.now = datetime(2026, 12, 13, 12, tzinfo=UTC)
    with pytest.raises(rounds.SentTooEarly) as refused:
        sheets.part(home.post, home.challenge, interview(home), home.person("Priya"))
    assert refused.value.facts["opens"] == "2026-12-14"
    home.now = datetime(2026, 12, 14, 9, tzinfo=UTC)
    opening = show(home, "Priya", "director_interview")
    assert (opening.template, opening.facts["name"], opening.facts["role"]) == (
        "interview_opening",
        "Helen",
        "sponsor",
    )


def interview(home):
    return next(one for one in rounds.rounds(home.post, home.challenge) if one.key == "director_interview")


def test_interview_is_with_the_director_where_that_is_not_the_sponsor(home):
    home.give("Dev", "director")
    assert show(home, "Priya", "director_interview").facts["name"] == "Dev"
    assert home.part("Dev", "director_interview").asked_by == home.person("Priya").id


def test_interview_asks_about_the_report_only_once_it_is_issued(home):
    before = show(home, "Priya", "director_interview").facts["questions"]
    home.challenge.final_issued_at = home.now
    sitting_again = sheets._asked_now(home.shapes.questionnaire("director_interview"), home.challenge)
    assert (before, len(sitting_again)) == (15, 16)


@pytest.mark.parametrize("name", ["Helen", "Jo", "Ruth"])
def test_interview_is_not_for_anybody_else(home, name):
    with pytest.raises(rounds.NoQuestionnaire):
        sheets.part(home.post, home.challenge, interview(home), home.person(name))


def test_interview_with_nobody_to_talk_to_is_refused(home):
    home.take("Helen")
    with pytest.raises(rounds.NobodyToAsk):
        show(home, "Priya", "director_interview")


def test_interview_that_is_done_stays(home):
    show(home, "Priya", "director_interview")
    say(home, "Priya", "start")
    say(home, "Priya", "To test our strategy.")
    reply = sheets.finish(
        home.post, home.challenge, home.person("Priya"), {"questionnaire": "director_interview"}
    )
    assert reply.facts["talked_with"] == "Helen"
    with pytest.raises(sheets.AlreadyFinished):
        sheets.part(home.post, home.challenge, interview(home), home.person("Priya"))
