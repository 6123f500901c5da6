"""The app package tells Teams what the code does, nothing more and nothing less."""

import io
import json
import zipfile

import pytest
from typer.testing import CliRunner

from bot.cli_manifest import app
from bot.teams import conversations
from bot.teams import manifest as of_app
from bot.teams.manifest import (
    IN_COMPANY,
    IN_PERSON,
    PACKAGE,
    PERMISSIONS,
    PUBLISHER,
    SCOPES,
    Owner,
    app_id,
    own_version,
)
from handlers.command import DIRECT, Contents
from handlers.commands import COMMANDS
from tests.drawn import schema_problems
from tests.png import pixels
from tests.teams_code import invokes_heard, transport_called

BOT = "6f1c2b7e-3b1c-4a55-9a3e-1f2e3d4c5b6a"
ANOTHER = "0d5f0f3c-2a31-4f6e-8d8e-7a6b5c4d3e2f"
PAGE = "https://northmere.example/critical-friend"
OWNER = Owner(name=PUBLISHER, website=PAGE, privacy=PAGE, terms=PAGE)
NEEDED = {
    "create_personal": "messageTeamMembers", "member": "identity", "members": "identity",
}  # fmt: skip
"""What Microsoft wants to be asked for before a call. learn.microsoft.com, App manifest, permissions"""
SCHEMA = "teams-app-manifest-1.22.schema.json"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MicrosoftAppId", BOT)
    return tmp_path


def manifest(bot, owner=OWNER, numbered="1.2.3"):
    return of_app.manifest(bot, owner, numbered)


def package(bot, owner=OWNER, numbered="1.2.3"):
    return of_app.package(bot, owner, numbered)


def written(*options, website=PAGE):
    result = CliRunner().invoke(app, ["teams", "--website", website, *options])
    return result.exit_code, result.output


def unpacked(data):
    with zipfile.ZipFile(io.BytesIO(data)) as folder:
        return {name: folder.read(name) for name in folder.namelist()}


def test_manifest_keeps_the_published_schema():
    assert schema_problems(SCHEMA, manifest(BOT)) == []


def test_manifest_is_that_of_one_bot_in_every_kind_of_conversation():
    made = manifest(BOT.upper())
    [bot] = made["bots"]

    assert (made["id"], bot["botId"], made["version"]) == (app_id(BOT), BOT, "1.2.3")
    assert bot["scopes"] == ["personal", "groupChat", "team"]
    assert app_id(BOT) not in {BOT, app_id(ANOTHER)}


def test_permissions_are_those_of_the_calls_that_the_code_makes():
    assert {call: need for call, need in NEEDED.items() if call in transport_called()} == PERMISSIONS
    assert manifest(BOT)["permissions"] == ["identity", "messageTeamMembers"]


def test_scopes_are_those_of_the_conversations_that_the_code_knows():
    known = [conversations._kind({"conversationType": one}, "a:somebody") for one in SCOPES]

    assert known == list(conversations.KINDS)


def test_invokes_heard_are_those_of_cards_and_their_dialogs():
    """Any other belongs to a message extension, a tab, a sign-in or a file, which the app would ask for."""
    assert invokes_heard() == {"adaptiveCard/action", "task/fetch", "task/submit"}


def test_app_asks_for_nothing_that_the_code_does_not_do():
    """No tab, message extension or meeting, no sign-in, no Graph, no web page in a dialog."""
    made = manifest(BOT)
    asked = set(made) - {"$schema", "manifestVersion", "version", "id", "developer", "name", "description"}

    assert asked == {
        "accentColor", "bots", "defaultGroupCapability", "defaultInstallScope", "icons", "permissions",
        "validDomains",
    }  # fmt: skip
    assert made["validDomains"] == []


def test_app_keeps_its_id_for_ever():
    assert app_id(BOT) == "6a78f0c2-1205-505a-9dfd-54db51ea4717"


def test_command_lists_cover_each_scope_once_and_each_line_is_a_command():
    [bot] = manifest(BOT)["bots"]
    lists = [(one["scopes"], [line["title"] for line in one["commands"]]) for one in bot["commandLists"]]

    assert lists == [(["personal"], list(IN_PERSON)), (["groupChat", "team"], list(IN_COMPANY))]
    assert all(line["description"] for one in bot["commandLists"] for line in one["commands"])


@pytest.mark.parametrize(("lines", "places"), [(IN_PERSON, {DIRECT}), (IN_COMPANY, {"team"})])
def test_lines_offered_may_be_said_where_they_are_offered(lines, places):
    found = [Contents(COMMANDS).find(line).command for line in lines]

    assert all(not one.places or places <= one.places for one in found)
    assert len(lines) == len(set(lines)) <= 10


def test_package_holds_the_manifest_and_both_icons_and_is_always_the_same():
    found = unpacked(package(BOT))

    assert list(found) == ["manifest.json", "color.png", "outline.png"]
    assert json.loads(found["manifest.json"]) == manifest(BOT)
    assert package(BOT) == package(BOT.upper())


def test_icons_are_of_the_size_and_kind_that_teams_demands():
    found = unpacked(package(BOT))
    color, outline = pixels(found["color.png"]), pixels(found["outline.png"])

    assert ((len(color[0]), len(color)), (len(outline[0]), len(outline))) == ((192, 192), (32, 32))
    assert {alpha for row in color for *_, alpha in row} == {255}
    assert {tuple(rgb) for row in outline for *rgb, alpha in row if alpha} == {(255, 255, 255)}
    assert {outline[0][0][3], max(alpha for row in outline for *_, alpha in row)} == {0, 255}


def test_package_is_written_into_the_folder_with_the_bots_id_said(here):
    numbered = own_version()

    assert written() == (
        0, f"{PACKAGE} is in this folder, version {numbered}, for the bot {BOT}. Upload it to Teams.\n",
    )  # fmt: skip
    assert (here / PACKAGE).read_bytes() == package(BOT, OWNER, numbered)


def test_package_names_the_organisation_and_its_pages(here):
    of_policy = ("--privacy", f"{PAGE}/privacy", "--terms", f"{PAGE}/terms")
    code, _ = written("--publisher", "Northmere Council", "--version", "1.4.0", *of_policy)

    made = json.loads(unpacked((here / PACKAGE).read_bytes())["manifest.json"])
    assert (code, made["version"]) == (0, "1.4.0")
    assert made["developer"] == {
        "name": "Northmere Council",
        "websiteUrl": PAGE,
        "privacyUrl": f"{PAGE}/privacy",
        "termsOfUseUrl": f"{PAGE}/terms",
    }
    assert schema_problems(SCHEMA, made) == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--website", ""], "says who runs the bot"),
        (["--website", "http://northmere.example"], "https"),
        (["--privacy", "http://northmere.example"], "https"),
        (["--terms", "northmere.example"], "https"),
        (["--publisher", "N" * 33], "32 letters"),
        (["--publisher", ""], "32 letters"),
        (["--version", "1.4"], "three numbers"),
        (["--version", "1.04.0"], "three numbers"),
    ],
)
def test_package_that_teams_would_not_take_is_refused(here, options, says):
    code, output = written(*options)

    assert (code, says in output) == (1, True)
    assert list(here.iterdir()) == []


def test_package_of_this_app_is_written_anew(here):
    (here / PACKAGE).write_bytes(package(BOT, Owner(name="Us", website=PAGE, privacy=PAGE, terms=PAGE)))

    assert written("--version", "1.2.3")[0] == 0
    assert (here / PACKAGE).read_bytes() == package(BOT)


@pytest.mark.parametrize(
    "found", [b"minutes of a meeting", b"", package(ANOTHER), package(BOT)[:200]],
    ids=["something-else", "empty", "another-app", "half-a-package"],
)  # fmt: skip
def test_file_that_is_not_this_apps_is_left_alone(here, found):
    (here / PACKAGE).write_bytes(found)
    code, output = written()

    assert (code, "move it away" in output) == (1, True)
    assert (here / PACKAGE).read_bytes() == found


def test_folder_of_that_name_is_left_alone(here):
    (here / PACKAGE).mkdir()

    assert written()[0] == 1


def test_folder_that_cannot_be_written_to_is_told(here, monkeypatch):
    monkeypatch.setattr("bot.teams.manifest.PACKAGE", "no-such-folder/package.zip")

    assert written() == (1, f"{PACKAGE} cannot be written here: No such file or directory.\n")


@pytest.mark.parametrize(
    ("bot", "says"),
    [("", "is not set"), ("critical-friend", "is not an application's id"), (f"{BOT}0", "is not an")],
)
def test_bot_without_an_id_gets_no_package(here, monkeypatch, bot, says):
    monkeypatch.setenv("MicrosoftAppId", bot)
    code, output = written()

    assert (code, says in output, "Application (client) ID" in output) == (1, True, True)
    assert list(here.iterdir()) == []
