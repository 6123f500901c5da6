"""Bolt finds settings in the environment by itself: none of them means anything to the bot."""

from unittest.mock import Mock

from bot.slack import bolt


def test_settings_of_bolts_own_change_nothing_and_no_warning_is_logged(monkeypatch, logged):
    for name in ("BOT_TOKEN", "SIGNING_SECRET", "CLIENT_ID", "CLIENT_SECRET", "VERIFICATION_TOKEN"):
        monkeypatch.setenv(f"SLACK_{name}", "xoxb-from-the-environment")
    made = bolt.app(Mock(), Mock(), "T1", "U1")

    assert (made.client.token, logged.getvalue()) == (None, "")
