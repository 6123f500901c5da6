"""Which council a name or an e-mail address points at."""

import re
from collections.abc import Iterator

_PUBLIC = frozenset(
    {
        "aol.com",
        "btinternet.com",
        "gmail.com",
        "googlemail.com",
        "hotmail.co.uk",
        "hotmail.com",
        "icloud.com",
        "live.co.uk",
        "me.com",
        "msn.com",
        "nhs.net",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "sky.com",
        "yahoo.co.uk",
        "yahoo.com",
    }
)
"""Domains that many employers' people share."""

_ADDRESS = re.compile(r"[^@\s<>()\[\],;:\"]+@([^@\s<>()\[\],;:\".]+\.)+[^@\s<>()\[\],;:\".]{2,}")


def short_name(council: str) -> str:
    """Exampleshire for "Exampleshire County Council", Northmere for "Borough of Northmere"."""
    name = re.sub(
        r"^((London|Royal|Metropolitan) )*(Borough|City|County) of ", "", council.strip(), flags=re.IGNORECASE
    )
    ending = r"( (County|City|Borough|District|Metropolitan|Unitary|Council|MBC|CC|LBC))+$"
    return re.sub(ending, "", name, flags=re.IGNORECASE).strip()


def same_council(one: str, other: str) -> bool:
    """Whether two names mean one council: capitals and words such as "Borough Council" make no difference."""
    return short_name(one).casefold() == short_name(other).casefold()


def email_address(text: str) -> str | None:
    """The e-mail address in small letters, as typed or pasted; None for what is not one."""
    bare = text.strip().strip("<>").removeprefix("mailto:").strip()
    return bare.casefold() if _ADDRESS.fullmatch(bare) and len(bare) <= 254 else None


def tells_employer(domain: str) -> bool:
    """Whether an e-mail domain belongs to one employer."""
    return domain.casefold() not in _PUBLIC


def domains_of(email: str) -> Iterator[str]:
    """The domain of an address and those above it: children.northmere.example, northmere.example."""
    parts = email.casefold().rpartition("@")[2].split(".")
    for start in range(max(len(parts) - 1, 0)):
        yield ".".join(parts[start:])
