import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from handlers.rules.counting import WorkingDays
from handlers.rules.screening import looks_like_a_child
from handlers.shapes import Fault, Shapes, ShapeWrong

TEMPLATES = Path(__file__).parents[2] / "templates"
SHIPPED = Shapes.load(TEMPLATES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of everything that ships, to be changed."""
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


@pytest.fixture
def changed(folder: Path) -> Callable[[str, str, str], tuple[Fault, ...]]:
    """Change the shipped file in one place, and hear what is wrong with it."""

    def change(file: str, before: str, after: str) -> tuple[Fault, ...]:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), encoding="utf-8")
        with pytest.raises(ShapeWrong) as wrong:
            Shapes.load(folder)
        return wrong.value.faults

    return change


# What ships


def test_every_shipped_format_loads() -> None:
    assert list(SHIPPED.formats) == sorted(path.stem for path in (TEMPLATES / "formats").glob("*.toml"))
    assert SHIPPED.default == SHIPPED.format("lga_full")


def test_every_shipped_form_and_questionnaire_loads() -> None:
    assert list(SHIPPED.forms) == sorted(path.stem for path in (TEMPLATES / "forms").glob("*.toml"))
    assert {"peer_team", "director_interview", "challenge_manager", "host"} <= set(SHIPPED.questionnaires)


def test_no_shipped_file_looks_like_a_child() -> None:
    texts = [path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.toml")]
    assert [looks_like_a_child(line) for text in texts for line in text.splitlines()].count(None) == sum(
        len(text.splitlines()) for text in texts
    )


@pytest.mark.parametrize("name", list(SHIPPED.formats))
def test_what_the_team_says_is_never_for_the_council(name: str) -> None:
    shape = SHIPPED.format(name)
    for audience in ("team", "release", "visitors", "quality"):
        assert shape.audience(audience).isdisjoint(shape.side("council")), audience


@pytest.mark.parametrize("name", list(SHIPPED.formats))
def test_follow_up_is_off_and_questionnaires_wait_for_the_final(name: str) -> None:
    shape = SHIPPED.format(name)
    assert shape.follow_up == "none"
    assert {one.opens_after for one in shape.evaluation if one.questionnaire == "peer_team"} == {
        "final_issued"
    }


def test_lga_full_milestones_of_a_november_visit_fall_on_the_planned_days() -> None:
    shape = SHIPPED.format("lga_full")
    anchors = {
        "first_day": date(2026, 11, 10),
        "last_day": date(2026, 11, 13),
        "final_issued": date(2027, 1, 13),
    }
    calendar = WorkingDays(shape.nation)
    found = {one.key: one.due(anchors[one.anchor], calendar).isoformat() for one in shape.milestones}
    expected = {
        "documents": "2026-10-20",
        "case_review": "2026-10-20",
        "case_review_close": "2026-10-21",
        "team_call": "2026-10-30",
        "case_report": "2026-11-03",
        "preview": "2026-11-12",
        "presentation": "2026-11-13",
        "draft_written": "2026-11-27",
        "team_comments": "2026-12-02",
        "quality_assurance": "2026-12-04",
        "draft_issued": "2026-12-11",
        "interview": "2026-12-14",
        "accuracy": "2026-12-29",
        "final": "2027-01-13",
        "questionnaires": "2027-01-14",
    }
    assert {key: found[key] for key in expected} == expected


def test_scoping_of_lga_full_counts_nine_questions_after_question_zero() -> None:
    questions = SHIPPED.format("lga_full").scoping.questions
    assert [question.name for question in questions if not question.counts] == ["appropriate"]
    assert len([question for question in questions if question.counts]) == 9
    assert len(SHIPPED.format("regional_two_day").scoping.questions) < len(questions)


def test_summary_days_of_four_are_those_before_the_eve() -> None:
    on_site = SHIPPED.format("lga_full").on_site
    days = [date(2026, 11, day) for day in (10, 11, 12, 13)]
    assert (on_site.summary_days(days), on_site.preview_day(days)) == (days[:2], days[2])


def test_summary_days_of_one_are_none() -> None:
    on_site = SHIPPED.format("lga_full").on_site
    assert (on_site.summary_days([date(2026, 11, 10)]), on_site.preview_day([date(2026, 11, 10)])) == (
        [],
        None,
    )


def test_audience_by_the_name_of_a_role_is_that_role() -> None:
    assert SHIPPED.default.audience("organiser") == {"organiser"}
    with pytest.raises(KeyError):
        SHIPPED.default.audience("nobody")


def test_questions_on_a_scale_have_its_choices() -> None:
    question = next(one for one in SHIPPED.questionnaire("peer_team").questions if one.name == "scope")
    assert [choice.value for choice in question.choices] == [
        "great",
        "moderate",
        "small",
        "not_at_all",
        "dont_know",
    ]
    assert question.positive == ("great", "moderate")


def test_rated_roles_never_see_results() -> None:
    for shape in SHIPPED.formats.values():
        for one in shape.evaluation:
            rated = set(SHIPPED.questionnaire(one.questionnaire).rated_roles)
            assert rated.isdisjoint(shape.audience(one.results_for)), one.questionnaire


# An operator's own


def test_load_with_an_operators_folder_takes_its_file_instead(folder: Path) -> None:
    own = folder.parent / "own"
    (own / "formats").mkdir(parents=True)
    text = (TEMPLATES / "formats" / "lga_full.toml").read_text(encoding="utf-8")
    (own / "formats" / "lga_full.toml").write_text(
        text.replace('report = "report"', 'report = "letter"'), "utf-8"
    )
    (own / "formats" / "themed.toml").write_text(text.replace("default = true\n", ""), "utf-8")
    shapes = Shapes.load(folder, own)
    assert shapes.format("lga_full").words.report == "letter"
    assert list(shapes.formats) == ["lga_full", "regional_two_day", "themed"]
    assert shapes.format("regional_two_day") == SHIPPED.format("regional_two_day")


# Wrong files


def test_load_with_an_unknown_key_names_file_key_and_what_is_allowed(changed) -> None:
    (fault,) = changed(
        "formats/lga_full.toml", 'notes_prompt = "16:45"', 'notes_prompt = "16:45"\nlunch = "12:00"'
    )
    assert (fault.file, fault.key, fault.wrong) == (
        "formats/lga_full.toml",
        "on_site.lunch",
        "is not known here",
    )
    assert "debrief" in fault.allowed


def test_load_with_a_wrong_word_says_which_words_are_allowed(changed) -> None:
    assert changed("formats/lga_full.toml", 'mode = "on_site"', 'mode = "hovercraft"') == (
        Fault(
            file="formats/lga_full.toml",
            key="mode",
            wrong="'hovercraft' is not allowed",
            allowed=("on_site", "online", "hybrid"),
        ),
    )


def test_load_with_an_unknown_owner_says_which_roles_are_allowed(changed) -> None:
    (fault,) = changed("formats/lga_full.toml", 'owner = "sponsor"', 'owner = "mayor"')
    assert (fault.key, fault.wrong) == ("milestones.proposal_agreed.owner", "'mayor' is not allowed")
    assert "programme_manager" in fault.allowed


def test_load_with_a_missing_key_names_it(changed) -> None:
    assert changed("formats/lga_full.toml", 'draft_by = "17:30"\n', "") == (
        Fault(file="formats/lga_full.toml", key="on_site.draft_by", wrong="is missing"),
    )


@pytest.mark.parametrize(
    ("before", "after", "key", "wrong"),
    [
        (
            'team = ["lead_peer",',
            'team = ["sponsor", "lead_peer",',
            "audiences.team",
            "sponsor is on the council's side",
        ),
        ('release = ["lead_peer", "challenge_manager"]', "", "audiences.release", "is missing"),
        ("default = 4\nmin = 3", "default = 2\nmin = 3", "on_site_days", "the numbers are not in order"),
        (
            "working_days = -80",
            "working_days = -80\nmonths = 1",
            "milestones.scoping_meeting",
            "has no offset, or two",
        ),
        ('key = "documents"', 'key = "case_access"', "milestones", "case_access is there 2 times"),
        (
            'needs = ["case_access"]',
            'needs = ["tea"]',
            "milestones.case_review.needs",
            "tea is not known here",
        ),
        (
            'needs = ["case_access"]',
            'needs = ["travel"]',
            "milestones.case_review.needs",
            "travel falls due later",
        ),
        ('needs = ["scoping_meeting"]', 'needs = ["proposal_sent"]', "milestones", "needs go round"),
        (
            'audience = "visitors"',
            'audience = "quality"',
            "milestones.peers_asked.audience",
            "coordinator owns this",
        ),
        (
            'audience = "visitors"',
            'audience = "kings"',
            "milestones.peers_asked.audience",
            "kings is not known here",
        ),
        (
            'agreed_by = ["lead_peer",',
            'agreed_by = ["coordinator",',
            "release.agreed_by",
            "coordinator is not in the team",
        ),
        (
            'questionnaire = "peer_team"',
            'questionnaire = "tea"',
            "evaluation.tea.questionnaire",
            "tea is not known here",
        ),
        (
            'results_for = "results"',
            'results_for = "coordination"',
            "evaluation.peer_team.results_for",
            "coordinator is rated, and must not read answers",
        ),
        ('debrief = "17:00"', 'debrief = "16:00"', "on_site.debrief", "comes before notes_prompt"),
        (
            'debrief = "17:00"',
            'debrief = "teatime"',
            "on_site.debrief",
            "should be a local time such as 17:30",
        ),
        (
            'about {area}?"',
            'about {aera}?"',
            "scoping.questions.area_question.asks",
            "{aera} is not known here",
        ),
        (
            'title = "{challenge}: peer',
            'title = "{challenge.id}: peer',
            "rooms.team.title",
            "{challenge.id} is not known",
        ),
        ('choices_from = "areas"', "", "scoping.questions.areas.choices", "there is nothing to choose"),
        ('zone = "Europe/London"', 'zone = "Exampleshire"', "zone", "should be a time zone"),
        (
            'made_when = ["proposal_agreed"]',
            'made_when = ["tea"]',
            "rooms.council.made_when.1",
            "'tea' is not allowed",
        ),
        ("[roles.observer]", "[roles.wizard]", "roles.wizard", "'wizard' is not allowed"),
        (
            "key_lines_soft = 5",
            "key_lines_soft = -1",
            "scoping.key_lines_soft",
            "should be greater than or equal to 0",
        ),
        ('name = "LGA', 'key = "mine"\nname = "LGA', "key", "the file's name is its key"),
        ("default = true", "default = = true", "", "is not TOML"),
    ],
)
def test_load_of_a_wrong_format_names_the_key(changed, before: str, after: str, key: str, wrong: str) -> None:
    faults = changed("formats/lga_full.toml", before, after)
    assert {fault.file for fault in faults} == {"formats/lga_full.toml"}
    assert [fault.key for fault in faults if fault.wrong.startswith(wrong)][:1] == [key], faults


@pytest.mark.parametrize(
    ("file", "before", "after", "key", "wrong"),
    [
        (
            "questionnaires/peer_team.toml",
            'scale = "EXT4"',
            'scale = "EXT9"',
            "questions.scope.scale",
            "EXT9 is not known",
        ),
        (
            "questionnaires/peer_team.toml",
            'name = "first"',
            'name = "part"',
            "questions",
            "part is there 2 times",
        ),
        (
            "questionnaires/peer_team.toml",
            'choices = ["Yes", "No"]',
            "",
            "questions.first.choices",
            "there is nothing",
        ),
        (
            "questionnaires/peer_team.toml",
            'rates = "coordinator"',
            'rates = "peer"',
            "questions.coordinator.rates",
            "peer is",
        ),
        (
            "questionnaires/scales.toml",
            '{ value = "no", label = "No" }',
            '{ value = "no" }',
            "YES3.choices.no.label",
            "is",
        ),
        ("forms/key_line.toml", 'kind = "', 'kind = "very ', "fields.text.kind", "'very "),
    ],
)
def test_load_of_another_wrong_file_names_the_key(
    changed, file: str, before: str, after: str, key: str, wrong: str
) -> None:
    fault = changed(file, before, after)[0]
    assert (fault.file, fault.key) == (file, key)
    assert fault.wrong.startswith(wrong)


def test_load_with_two_defaults_says_which_is_the_default_already(changed) -> None:
    assert changed("formats/regional_two_day.toml", 'nation = "ENG"', 'default = true\nnation = "ENG"') == (
        Fault(file="formats/regional_two_day.toml", key="default", wrong="lga_full is the default already"),
    )


def test_load_of_an_empty_folder_says_that_there_is_no_format(tmp_path: Path) -> None:
    with pytest.raises(ShapeWrong) as wrong:
        Shapes.load(tmp_path)
    assert str(wrong.value) == "formats/: no format was found. Allowed: one file for each format."


def test_every_fault_of_every_file_is_named_at_once(folder: Path) -> None:
    for name in ("lga_full", "regional_two_day"):
        path = folder / "formats" / f"{name}.toml"
        path.write_text(path.read_text("utf-8").replace('nation = "ENG"', 'nation = "FRA"'), "utf-8")
    with pytest.raises(ShapeWrong) as wrong:
        Shapes.load(folder)
    assert [fault.file for fault in wrong.value.faults if fault.key == "nation"] == [
        "formats/lga_full.toml",
        "formats/regional_two_day.toml",
    ]
