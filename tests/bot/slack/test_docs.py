"""docs/slack.md holds, line by line: its commands run, its words are heard, its table is the manifest's."""

import re
from pathlib import Path

from bot.slack.manifest import APP_SCOPE, scopes

DOCS = Path(__file__).parents[3] / "docs" / "slack.md"
TEXT = DOCS.read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_scopes_explained_are_those_of_the_manifest():
    assert re.findall(r"^\| `([a-z_.]+(?::[a-z.]+)?)` \|", TEXT, re.MULTILINE) == list(scopes())
    assert f"`{APP_SCOPE}`" in TEXT


def test_links_within_the_docs_lead_somewhere():
    headings = {
        re.sub(r"[^a-z0-9 -]", "", heading.casefold()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    }
    for link in re.findall(r"\]\(([^)]+)\)", TEXT):
        file, _, anchor = link.partition("#")
        assert (DOCS.parent / file).exists()
        assert file or anchor in headings
