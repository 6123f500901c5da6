"""Every refusal of a token is told in plain words, whatever answers."""

import pytest

from bot.teams.aadsts import in_plain_words


def refusal(code):
    return {
        "error": "invalid_client",
        "error_description": f"AADSTS{code}: Something. Trace ID: 0 Correlation ID: 0",
        "error_codes": [code],
    }


@pytest.mark.parametrize(
    ("code", "found", "do"),
    [
        (7000215, "The secret is wrong (AADSTS7000215).", "Value"),
        (7000222, "The secret has expired (AADSTS7000222).", "make a new client secret"),
        (700016, "The tenant does not know this application (AADSTS700016).", "Application (client) ID"),
        (90002, "There is no such tenant (AADSTS90002).", "Directory (tenant) ID"),
        (7000112, "The application is switched off (AADSTS7000112).", "Enterprise applications"),
        (7000229, "The tenant has no service principal for this application (AADSTS7000229).", "create it"),
        (500011, "The tenant does not know the Bot Framework (AADSTS500011).", "Azure Bot"),
        (53003, "A Conditional Access policy of the tenant blocks the application (AADSTS53003).", "Ask"),
        (123456, "Microsoft gives no token (AADSTS123456).", "https://login.microsoftonline.com/error"),
    ],
)
def test_refusal_is_told_with_its_code_and_what_to_do(code, found, do):
    told = in_plain_words(refusal(code), 401)

    assert (told[0], do in told[1]) == (found, True)


def test_code_is_found_in_the_words_where_there_is_no_list():
    answer = {"error": "invalid_client", "error_description": "AADSTS7000222: The provided keys are expired."}

    assert in_plain_words(answer, 401) == in_plain_words(refusal(7000222), 401)


@pytest.mark.parametrize(
    ("answer", "status"), [({"error": "temporarily_unavailable"}, 400), (None, 429), ("<html>", 503)]
)
def test_login_that_asks_for_patience_is_told_so(answer, status):
    assert in_plain_words(answer, status) == (
        f"Microsoft gives no token now (HTTP {status}).",
        "Microsoft is out of order, or asks for patience. Try again in a minute.",
    )


@pytest.mark.parametrize("answer", [None, [], "no", {"error_codes": []}, {"error_codes": "x"}, {"error": 7}])
def test_answer_that_is_not_microsofts_is_told_by_its_status(answer):
    assert in_plain_words(answer, 404)[0] == "Microsoft gives no token (HTTP 404)."
