import pytest

from handlers import questionnaire, results, rounds, sheets
from store.session import Store
from tests.fakes import database
from tests.handlers.evaluating import AFTER_VISIT, PEERS, house


@pytest.fixture
def store(tmp_path):
    made = Store(database.fresh(tmp_path))
    yield made
    made.close()


@pytest.fixture
def home(store):
    made = house(store)
    made.give("Pat", "principal_adviser")
    made.challenge.final_issued_at = AFTER_VISIT
    questionnaire.send(made.post, made.challenge, made.person("Jo"), {}, "peer_team")
    yield made
    made.session.close()


@pytest.fixture
def two_day(store):
    made = house(store, format="regional_two_day")
    made.challenge.final_issued_at = AFTER_VISIT
    questionnaire.send(made.post, made.challenge, made.person("Jo"), {}, "host")
    yield made
    made.session.close()


def fill(home, name, key="peer_team", **answers):
    about = {"questionnaire": key}
    filled = {f"q_{question}": value for question, value in answers.items()}
    sheets.fill_in(home.post, home.challenge, home.person(name), home.today, about, filled, "now")


def tell(home, by="Priya", name="peer_team", **about):
    return results.results(
        home.post, home.challenge, home.format, home.person(by), home.roles(by), about, name
    )


def fill_all(home, names=PEERS):
    for number, name in enumerate(names):
        scale = "great" if number else "small"
        fill(
            home,
            name,
            team=scale,
            coordinator=scale,
            days=number + 3,
            change=f"Idea {number}",
            private=f"Word {number}",
        )


def counted(reply, name):
    return next(one for one in reply.facts["questions"] if one["name"] == name)


def test_results_of_four_are_the_rate_and_nothing_anybody_wrote_for_all(home):
    fill_all(home, PEERS[:4])
    facts = tell(home, "Pat").facts
    assert (facts["asked"], facts["answered"], facts["percent"], facts["few"]) == (6, 4, None, True)
    assert (facts["questions"], facts["texts"]) == ([], [])


def test_results_of_five_are_counts_with_the_positive_ones_together(home):
    fill_all(home, PEERS[:5])
    team = counted(tell(home), "team")
    assert (team["answered"], team["positive"], team["percent"]) == (5, 4, None)
    assert team["together"] == ["To a great extent", "To a moderate extent"]
    assert {one["label"]: one["count"] for one in team["counts"]}["To a small extent"] == 1


def test_results_do_not_count_what_is_not_sent_yet(home):
    fill_all(home, PEERS[:4])
    about = {"questionnaire": "peer_team"}
    olu = home.person("Olu")
    sheets.fill_in(home.post, home.challenge, olu, home.today, about, {"q_team": "great"}, "later")
    assert tell(home).facts["few"]


def test_results_texts_are_read_question_by_question_without_names(home):
    fill_all(home)
    facts = tell(home, "Pat").facts
    assert [(one["hidden"]["question"], one["number"]) for one in facts["texts"]] == [("change", 6)]
    assert "Idea" not in repr(facts)
    shown = tell(home, "Pat", question="change").facts
    assert sorted(shown["texts"]) == [f"Idea {number}" for number in range(6)]
    assert not any(name in repr(shown) for name in PEERS)


def test_results_many_texts_come_in_parts(home):
    names = [f"Peer {number}" for number in range(12)]
    for name in names:
        home.give(name, "peer")
    questionnaire.send(home.post, home.challenge, home.person("Jo"), {}, "peer_team")
    fill_all(home, names)
    first = tell(home, question="change").facts
    assert (len(first["texts"]), first["all"], first["more"]) == (
        10,
        12,
        [{"hidden": {"question": "change", "from": 10}}],
    )
    rest = tell(home, question="change", **{"from": 10}).facts
    assert (len(rest["texts"]), rest["more"]) == (2, [])


def test_results_words_for_the_programme_manager_reach_nobody_else(home):
    fill_all(home, PEERS[:2])
    assert sorted(tell(home, question="private").facts["texts"]) == ["Word 0", "Word 1"]
    assert tell(home, "Pat", question="private").template == "results"
    assert "Word" not in repr(tell(home, "Pat").facts)


@pytest.mark.parametrize("name", ["Jo", "Ruth", "Helen", "Dana"])
def test_results_for_somebody_else_are_refused_with_whom_they_are_for(home, name):
    fill_all(home)
    with pytest.raises(results.ResultsNotForYou) as refused:
        tell(home, name)
    assert refused.value.facts == {"who": ["principal_adviser", "programme_manager"]}


def test_results_for_who_was_rated_are_counts_and_nobodys_words(home):
    """The programme manager was the coordinator until the visit."""
    fill_all(home)
    home.give("Priya", "coordinator")
    facts = tell(home).facts
    assert facts["rated"]
    assert facts["texts"] == []
    assert counted(tell(home), "team")["answered"] == 6
    assert tell(home, question="change").template == "results"
    assert tell(home, question="private").template == "results"


def test_results_for_who_handed_a_rated_part_over_are_the_same_counts(home):
    fill_all(home)
    home.give("Pat", "challenge_manager")
    home.take("Pat")
    home.give("Pat", "principal_adviser")
    assert tell(home, "Pat").facts["rated"]


def test_results_by_name_are_for_whom_it_was_said(two_day):
    fill(two_day, "Helen", "host", team="great", next="A plan by spring")
    facts = tell(two_day, name="host").facts
    assert (facts["name"], facts["role"]) == ("Helen", "sponsor")
    assert facts["answers"] == [
        {"asks": "The team had the right mix of experience.", "answer": "To a great extent"},
        {"asks": "What will you do with what you heard?", "answer": "A plan by spring"},
    ]


def test_results_by_name_for_who_was_rated_are_the_rate_alone(two_day):
    fill(two_day, "Helen", "host", team="great", challenge_manager="small", next="A plan by spring")
    two_day.give("Priya", "challenge_manager")
    facts = tell(two_day, name="host").facts
    assert (facts["few"], facts["questions"], facts["texts"]) == (True, [], [])
    assert tell(two_day, name="host", participation=two_day.part("Helen", "host").id).template == "results"


def test_results_by_name_of_nobody_yet_are_the_rate(two_day):
    assert tell(two_day, name="host").facts["people"] == []


def test_results_by_name_of_a_part_of_another_questionnaire_show_nothing(two_day):
    fill(two_day, "Helen", "host", team="great")
    assert tell(two_day, name="host", participation=999).template == "results_people"


def test_results_before_anybody_was_asked_say_so(home):
    with pytest.raises(results.NobodyAsked):
        tell(home, name="challenge_manager")


def test_results_of_several_ask_which(home):
    with pytest.raises(rounds.WhichQuestionnaire) as refused:
        tell(home, name="")
    titles = [one["hidden"]["questionnaire"] for one in refused.value.facts["questionnaires"]]
    assert titles == ["peer_team", "director_interview", "challenge_manager"]
