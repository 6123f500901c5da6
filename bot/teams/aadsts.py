"""Why Microsoft gives the bot no token, in plain words: its codes begin with AADSTS.

https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

import re
from collections.abc import Mapping
from typing import Any, Final

_MAKE_ANOTHER: Final = (
    "In Entra, App registrations, the bot's app, Certificates & secrets: make a new client secret and copy "
    "its Value into MicrosoftAppPassword."
)
_COPY_IDS: Final = (
    "Copy the Application (client) ID into MicrosoftAppId and the Directory (tenant) ID into "
    "MicrosoftAppTenantId, both from the Overview of the bot's app registration."
)
_LATER: Final = "Microsoft is out of order, or asks for patience. Try again in a minute."
_ELSEWHERE: Final = "https://login.microsoftonline.com/error says what a code means."

_WORDS: Final[Mapping[int, tuple[str, str]]] = {
    7000215: ("The secret is wrong", f"Was its ID copied instead of its Value? {_MAKE_ANOTHER}"),
    7000222: ("The secret has expired", _MAKE_ANOTHER),
    7000216: ("No secret was sent", _MAKE_ANOTHER),
    7000218: ("No secret was sent", _MAKE_ANOTHER),
    700016: ("The tenant does not know this application", _COPY_IDS),
    90002: ("There is no such tenant", _COPY_IDS),
    900021: ("The tenant is not written as one", _COPY_IDS),
    900023: ("The tenant is not written as one", _COPY_IDS),
    7000112: (
        "The application is switched off",
        "In Entra, Enterprise applications, the bot's app, Properties: let users sign in again.",
    ),
    7000229: (
        "The tenant has no service principal for this application",
        "In the Overview of the app registration, Managed application in local directory: create it.",
    ),
    500011: (
        "The tenant does not know the Bot Framework",
        "Make the Azure Bot resource in this tenant: that brings the Bot Framework in.",
    ),
    53003: (
        "A Conditional Access policy of the tenant blocks the application",
        "Ask the tenant's administrator to let this workload identity sign in from this machine.",
    ),
}


def in_plain_words(answer: Any, status: int) -> tuple[str, str]:
    """What Microsoft's refusal of a token means, with its code, and what to do about it."""
    code = _code(answer)
    if code is not None and code in _WORDS:
        found, do = _WORDS[code]
        return f"{found} (AADSTS{code}).", do
    if status == 429 or status >= 500 or _error(answer) == "temporarily_unavailable":
        return f"Microsoft gives no token now (HTTP {status}).", _LATER
    if code:
        return f"Microsoft gives no token (AADSTS{code}).", _ELSEWHERE
    return f"Microsoft gives no token (HTTP {status}).", _COPY_IDS


def _code(answer: Any) -> int | None:
    """The first of the codes, from the list or else from the words; another server may answer anything."""
    described = answer if isinstance(answer, dict) else {}
    codes = described.get("error_codes")
    if isinstance(codes, list) and codes and isinstance(codes[0], int):
        return codes[0]
    named = re.search(r"AADSTS(\d{1,9})", str(described.get("error_description")))
    return int(named[1]) if named else None


def _error(answer: Any) -> str | None:
    return answer.get("error") if isinstance(answer, dict) else None
