"""The doctor on the bot itself: its templates, its database, and whether a chat is set up."""

from contextlib import closing

import pytest

from bot.check import Finding, State, examine
from bot.cli import main
from bot.clock import Clock
from bot.doctor import checks, told
from bot.settings import Settings
from handlers.programme import found_programme
from store.programme import RehearsalClock, the_programme
from store.session import Store
from tests.fakes import database

AT = Clock().now()


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path, database=database.fresh(tmp_path))


@pytest.fixture
def store(settings):
    with closing(Store(settings.database_url)) as found:
        yield found


def findings(settings):
    return {finding.name: finding for finding in examine(checks(settings, Clock()))}


def test_database_that_is_not_there_is_told_and_not_made(tmp_path):
    assert findings(Settings(data=tmp_path / "data"))["Database"] == Finding(
        name="Database", state=State.WRONG, found="There is no database yet. Run: critical-friend database"
    )
    assert list(tmp_path.iterdir()) == []


def test_empty_database_is_told_to_be_brought_up_to_date(settings, tmp_path):
    empty = settings.model_copy(update={"database": database.blank(tmp_path)})

    assert findings(empty)["Database"] == Finding(
        name="Database",
        state=State.WRONG,
        found="The database is not up to date. Run: critical-friend database",
    )


def test_database_that_nobody_claimed_is_well_and_says_how(settings, store):
    assert findings(settings)["Database"] == Finding(
        name="Database",
        state=State.WELL,
        found="Up to date. Nobody coordinates the programme yet: critical-friend claim prints a code.",
    )


def test_database_that_was_claimed_is_well(settings, store):
    def claimed(session):
        found_programme(session, "code")
        the_programme(session).claimed_at = AT

    store.work(claimed)

    assert findings(settings)["Database"].found == "Up to date, and the programme has its coordinator."


def test_rehearsals_database_is_wrong(settings, store):
    store.work(lambda session: session.add(RehearsalClock(id=1, now=AT)))

    assert findings(settings)["Database"].state is State.WRONG


def test_database_that_cannot_be_opened_keeps_its_password_to_itself(settings, tmp_path):
    (tmp_path / "pass-word").mkdir()
    wrong = settings.model_copy(update={"database": f"sqlite:///{tmp_path / 'pass-word'}"})
    found = findings(wrong)["Database"]

    assert found.state is State.WRONG
    assert found.do == "Its file, or the folder it lies in, is not there or not for this user."
    assert "pass-word" not in repr(found)


def test_template_that_cannot_be_used_is_named(settings, tmp_path):
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "claimed.md.j2").write_text("+++\naudience = 7\n+++\nHello {{")
    found = findings(settings.model_copy(update={"templates": tmp_path}))["Templates"]

    assert found.state is State.WRONG
    assert "claimed.md.j2" in found.found


def test_no_chat_is_wrong_and_nothing_of_slack_is_looked_at(settings, store):
    found = findings(settings)

    assert found["Chat"].state is State.WRONG
    assert "SLACK_BOT_TOKEN" in found["Chat"].found
    assert set(found) == {"Templates", "Database", "Chat"}


def test_command_on_a_database_that_cannot_be_opened_says_why(monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/pass-word/file.sqlite3")
    monkeypatch.setattr("sys.argv", ["critical-friend", "claim"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "The database cannot be used. "
        "Its file, or the folder it lies in, is not there or not for this user.\n"
    )


def ended(monkeypatch, command, **settings):
    """What a command says and how it ends, with these settings."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["critical-friend", command])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code


CANNOT_BE = {
    "MicrosoftAppType": "userassignedmsi",
    "CRITICAL_FRIEND_PORT": "many",
    "CRITICAL_FRIEND_TEAMS_EMULATOR": "perhaps",
}


def test_settings_that_cannot_be_are_told_by_the_names_that_people_know(monkeypatch, capsys):
    assert ended(monkeypatch, "serve", **CANNOT_BE) == 1
    assert capsys.readouterr().err.splitlines() == [
        "CRITICAL_FRIEND_PORT: Give a whole number.",
        "MicrosoftAppType: Choose SingleTenant or UserAssignedMSI.",
        "CRITICAL_FRIEND_TEAMS_EMULATOR: Give 1 for on, or 0 for off.",
    ]


@pytest.mark.parametrize("port", ["0", "70000"])
def test_port_that_is_none_is_told_with_those_that_are(monkeypatch, capsys, port):
    assert ended(monkeypatch, "serve", CRITICAL_FRIEND_PORT=port) == 1
    assert capsys.readouterr().err == "CRITICAL_FRIEND_PORT: Give a whole number from 1 to 65535.\n"


def test_doctor_lists_settings_that_cannot_be(monkeypatch, capsys):
    assert ended(monkeypatch, "doctor", **CANNOT_BE) == 1
    assert capsys.readouterr().out.splitlines() == [
        "WRONG  CRITICAL_FRIEND_PORT            It cannot be used.",
        "                                       Give a whole number.",
        "WRONG  MicrosoftAppType                It cannot be used.",
        "                                       Choose SingleTenant or UserAssignedMSI.",
        "WRONG  CRITICAL_FRIEND_TEAMS_EMULATOR  It cannot be used.",
        "                                       Give 1 for on, or 0 for off.",
        "3 to put right.",
    ]


@pytest.mark.parametrize("command", ["serve", "demo", "doctor"])
def test_folder_of_templates_that_is_not_there_is_told(monkeypatch, capsys, tmp_path, command):
    given = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "1", "CRITICAL_FRIEND_DATA": str(tmp_path)}
    missing = str(tmp_path / "no-folder")
    told = (
        f"CRITICAL_FRIEND_TEMPLATES: there is no folder {missing}. "
        "Name the folder of your own messages, forms and formats, or take the setting out."
    )

    assert ended(monkeypatch, command, CRITICAL_FRIEND_TEMPLATES=missing, **given) == 1
    written = capsys.readouterr()
    assert told in (written.out if command == "doctor" else written.err)


def test_templates_that_nobody_reads_are_told(settings, tmp_path):
    own = tmp_path / "own"
    (own / "messages").mkdir(parents=True)
    for name in ("dates.md.j2", "messages/teams.toml", "README.md"):
        (own / name).touch()
    (own / "messages" / "hello.md.j2").write_text('+++\naudience = "asker"\n+++\nHello.\n')

    assert findings(settings.model_copy(update={"templates": own}))["Templates"] == Finding(
        name="Templates",
        state=State.CARE,
        found="Nobody reads dates.md.j2, messages/teams.toml in CRITICAL_FRIEND_TEMPLATES.",
        do="A file counts only as one of messages/*.md.j2, formats/*.toml, forms/*.toml, "
        "questionnaires/*.toml, names.toml.",
    )


EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing listens there: it is only looked at
CLASH = (
    "CRITICAL_FRIEND_METRICS_PORT is CRITICAL_FRIEND_PORT too, and two cannot listen on one port: "
    "figures need one of their own, for example 9464."
)
ALL_READ = "Whoever reaches {}, port 9464 reads how much the programme does: there is no password."
FIGURES = [
    ({"metrics_port": 8080}, State.WRONG, CLASH),
    ({"metrics_port": 8080, "metrics_host": EVERYWHERE}, State.WRONG, CLASH),
    ({"metrics_port": 9464, "metrics_host": EVERYWHERE}, State.CARE, ALL_READ.format(EVERYWHERE)),
    ({"metrics_port": 9464, "metrics_host": "::"}, State.CARE, ALL_READ.format("::")),
    ({"metrics_port": 9464, "metrics_host": "8.8.8.8"}, State.CARE, ALL_READ.format("8.8.8.8")),
    ({"metrics_port": 9464}, State.WELL, "They are read at 127.0.0.1, port 9464."),
    ({"metrics_port": 8080, "metrics_host": "10.1.2.3"}, State.WELL, "They are read at 10.1.2.3, port 8080."),
]


@pytest.mark.parametrize(("of", "state", "found"), FIGURES)
def test_address_of_figures_is_looked_at(settings, of, state, found):
    figures = findings(settings.model_copy(update=of))["Figures"]

    assert (figures.state, figures.found) == (state, found)


def test_figures_that_nobody_reads_are_not_looked_at(settings):
    assert "Figures" not in findings(settings)


def test_teams_is_looked_at_as_soon_as_it_is_meant(settings, store):
    found = findings(settings.model_copy(update={"teams_emulator": True}))

    assert found["Chat"].found == "Teams is set up, for the emulator."
    assert found["Teams emulator"].state is State.CARE


def test_findings_that_need_care_are_summed_up():
    care = Finding(name="Door", state=State.CARE, found="It is open.", do="Close it.")

    assert list(told([care])) == [
        "CARE   Door  It is open.",
        "             Close it.",
        "Nothing is wrong, but take care.",
    ]


def test_findings_are_told_in_lines_with_what_to_do():
    assert list(
        told(
            [
                Finding(name="Clock", state=State.WELL, found="They agree."),
                Finding(name="Slack token", state=State.WRONG, found="It is missing.", do="Set it."),
            ]
        )
    ) == [
        "well   Clock        They agree.",
        "WRONG  Slack token  It is missing.",
        "                    Set it.",
        "1 to put right.",
    ]
