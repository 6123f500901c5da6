"""The keys Teams signs with, as its OpenID documents publish them, and the tokens made with them.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

import functools
import json
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from tests.fakes.teams.tenancy import Json

ISSUER = "https://api.botframework.com"


@functools.cache
def _private(number: int) -> RSAPrivateKey:
    """One of the keys that all peers of a test run share: to make one takes a while."""
    del number
    return generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True, kw_only=True)
class Key:
    """A signing key and the channels it may speak for."""

    kid: str
    private: RSAPrivateKey
    endorsements: tuple[str, ...] = ("msteams",)

    @property
    def public(self) -> Json:
        """The key as a JWKS holds it."""
        numbers = json.loads(RSAAlgorithm.to_jwk(self.private.public_key()))
        return {
            "kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid, "n": numbers["n"],
            "e": numbers["e"], "endorsements": list(self.endorsements),
        }  # fmt: skip


@dataclass(kw_only=True)
class Keys:
    """The keys of one issuer. `published` are in its documents; the newest signs."""

    made: int = 0
    published: list[Key] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rotate()

    @property
    def newest(self) -> Key:
        """The one that signs now."""
        return self.published[-1]

    def rotate(self, *, keep: bool = False, endorsements: tuple[str, ...] = ("msteams",)) -> Key:
        """Sign with a new key from now on. `keep`: the old ones stay published."""
        key = self.stray(endorsements=endorsements)
        self.published = [*(self.published if keep else ()), key]
        return key

    def stray(self, *, endorsements: tuple[str, ...] = ("msteams",)) -> Key:
        """A key that is published nowhere."""
        self.made += 1
        return Key(kid=f"peer-key-{self.made}", private=_private(self.made), endorsements=endorsements)

    def sign(self, claims: Json, *, key: Key | None = None, **header: Any) -> str:
        """A signed token, good for an hour from five minutes ago unless the claims say otherwise."""
        now = int(time.time())
        signer = key or self.newest
        body = {"nbf": now - 300, "exp": now + 3600, **claims}
        told = {name: value for name, value in body.items() if value is not None}
        headers = {"kid": signer.kid, "x5t": signer.kid, **header}
        return jwt.encode(told, signer.private, algorithm="RS256", headers=headers)

    def document(self) -> Json:
        """The JWKS."""
        return {"keys": [key.public for key in self.published]}
