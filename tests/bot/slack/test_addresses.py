import pytest

from bot.slack.addresses import is_safe, is_slacks

API = "https://slack.com/api/"
LOCAL = "http://127.0.0.1:4000/api/"


@pytest.mark.parametrize("url", [API, "https://slack-gov.com/api/", LOCAL, "http://[::1]:1/api/"])
def test_address_over_https_or_of_this_machine_is_safe(url):
    assert is_safe(url)


@pytest.mark.parametrize(
    "url",
    ["http://slack.com/api/", "slack.com/api/", "ftp://127.0.0.1/", "file:///etc/passwd", "https:///api/", "",
     "https://slack.com:port/", "https://[::1/", "http://127.0.0.1.evil.example/"],
)  # fmt: skip
def test_address_where_somebody_could_read_along_is_not_safe(url):
    assert not is_safe(url)


@pytest.mark.parametrize(
    ("url", "api_url"),
    [
        ("https://hooks.slack.com/actions/T1/2/x", API),
        ("https://hooks.slack-gov.com/commands/T1/2/x", "https://slack-gov.com/api/"),
        ("https://slack.com/x", API),
        ("http://127.0.0.1:4000/response/7", LOCAL),
    ],
)
def test_response_address_of_slack_is_slacks(url, api_url):
    assert is_slacks(url, api_url)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "https://slack.com.evil.example/",
        "https://evilslack.com/",
        "https://slack.com@evil.example/",
        "http://hooks.slack.com/x",
        "http://127.0.0.1:4000/response/7",
        "http://169.254.169.254/latest/meta-data/",
        "https://[::1/",
        "",
    ],
)
def test_any_other_response_address_is_not(url):
    assert not is_slacks(url, API)
