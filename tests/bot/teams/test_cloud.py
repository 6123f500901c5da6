"""Which addresses are Microsoft's."""

import pytest

from bot.teams.cloud import PUBLIC, is_loopback

OURS = [
    "https://smba.trafficmanager.net/uk/", "https://smba.trafficmanager.net", "https://smba.trafficmanager.net:443/emea/",
    "https://SMBA.trafficmanager.net/teams/", "https://europe.directline.botframework.com/",
]  # fmt: skip
NOT_OURS = [
    "", "smba.trafficmanager.net", "http://smba.trafficmanager.net/", "https://smba.trafficmanager.net:8443/",
    "https://evil.example%2f.botframework.com/", "https://evil.example;.botframework.com/", "https://a^b.botframework.com/",
    "https://.botframework.com/", "https://a..botframework.com/", "https://botframework.com/", "https://-.botframework.com/",
    "https://xn--.botframework.com/", "https://xn--bcher-kva.botframework.com/", "https://a_b.botframework.com/",
    "https://smba.trafficmanager.net.evil.example/", "https://evil-smba.trafficmanager.net/", "https://botframework.com.evil/",
    "https://evilbotframework.com/", "https://x.botframework.com:8443/", "https://smba.trafficmanager.net@evil.example/",
    "https://evil.example/https://smba.trafficmanager.net/", "https://evil.example?https://smba.trafficmanager.net/",
    "https://smba.trafficmanager.net\\.evil.example/", "https://smba.trafficmanager.net\t.evil.example/",
    "https://smba.trafficmanager.net\n", "https://smba。trafficmanager.net/", "https://smba.trafficmanager.net/{x}",
    "https://smba.trafficmanager.net:port/", "https://[smba.trafficmanager.net/", "https://", "file:///etc/passwd",
    "http://127.0.0.1/", "http://localhost:3978/",
]  # fmt: skip


@pytest.mark.parametrize("url", OURS)
def test_service_of_teams_is_served(url):
    assert PUBLIC.serves(url)


@pytest.mark.parametrize("url", NOT_OURS)
def test_any_other_address_is_not(url):
    assert not PUBLIC.serves(url)


@pytest.mark.parametrize(
    "url", ["http://localhost:56150/_connector", "http://127.0.0.1:1/", "http://[::1]:56150/x"]
)
def test_this_machine_is_loopback(url):
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1.evil.example/", "http://localhost@evil.example/", "http://evil.example", "null", ""],
)
def test_another_machine_is_not_loopback(url):
    assert not is_loopback(url)
