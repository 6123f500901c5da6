"""Access tokens for the bot: given out for its secret, and looked at with every call to the connector.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from dataclasses import dataclass, field

import jwt

from tests.fakes.teams.app import App
from tests.fakes.teams.call import Refuse
from tests.fakes.teams.keys import ISSUER, Keys
from tests.fakes.teams.tenancy import Json, Tenancy

AUDIENCE = ISSUER
SCOPE = f"{AUDIENCE}/.default"


class NotLoggedIn(Exception):
    """The login endpoint refuses: a status, an OAuth error, and one of Entra's own numbers."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(status, error, description)
        self.status = status
        number = int(description.partition(":")[0].removeprefix("AADSTS"))
        self.answer: Json = {
            "error": error,
            "error_description": description,
            "error_codes": [number],
        }


class Denied(Refuse):
    """A call without a token that is good here."""

    def __init__(self, why: str) -> None:
        super().__init__(401, "Unauthorized", why)
        self.answer = {"message": "Authorization has been denied for this request."}


@dataclass(kw_only=True)
class Tokens:
    """`given` are all tokens so far. `seconds`: how long each new one is good for.

    An emulator takes calls without a token, and is to be sent none.
    """

    tenancy: Tenancy
    app: App
    keys: Keys
    emulator: bool = False
    seconds: int = 3599
    given: list[str] = field(default_factory=list)
    _expires: dict[str, float] = field(default_factory=dict)

    def by_secret(self, tenant: str, asked: dict[str, str]) -> Json:
        """A token for the client credentials of the app. Raises NotLoggedIn."""
        if tenant != self.app.tenant:
            raise NotLoggedIn(400, "invalid_request", f"AADSTS90002: Tenant '{tenant}' not found.")
        if asked.get("grant_type") != "client_credentials":
            raise NotLoggedIn(400, "unsupported_grant_type", "AADSTS70003: Unsupported grant.")
        if asked.get("client_id") != self.app.id:
            raise NotLoggedIn(400, "unauthorized_client", "AADSTS700016: Application was not found.")
        if asked.get("client_secret") != self.app.password:
            raise NotLoggedIn(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
        if asked.get("scope") != SCOPE:
            raise NotLoggedIn(400, "invalid_scope", "AADSTS70011: The provided scope is not valid.")
        return self._granted()

    def by_identity(self, headers: Json, asked: dict[str, str]) -> Json:
        """A token for a managed identity, as a machine's own service gives one. Raises NotLoggedIn."""
        if headers.get("Metadata") != "true" or asked.get("client_id") != self.app.id:
            raise NotLoggedIn(400, "invalid_request", "AADSTS700016: Identity not found.")
        if asked.get("resource") != AUDIENCE:
            raise NotLoggedIn(400, "invalid_resource", "AADSTS500011: Resource not found.")
        found = self._granted()
        return found | {"expires_in": str(found["expires_in"]), "resource": AUDIENCE}

    def check(self, header: str) -> bool:
        """Whether the token of a call was given out here at all. Raises Denied when it is no good."""
        if self.emulator and header:
            raise Denied("a token was sent to an emulator")
        if self.emulator:
            return True
        token = header.removeprefix("Bearer ")
        if not header.startswith("Bearer ") or not token:
            raise Denied("no token was sent")
        if token not in self._expires:
            raise Denied(f"a token was sent that was never given out: {_claims(token)}")
        return self.app.dead is None and self._expires[token] > self.tenancy.clock()

    def _granted(self) -> Json:
        claims = {
            "aud": AUDIENCE, "iss": f"https://sts.windows.net/{self.app.tenant}/", "appid": self.app.id,
            "tid": self.app.tenant, "ver": "1.0", "uti": str(len(self.given)),
        }  # fmt: skip
        token = self.keys.sign(claims)
        self.given.append(token)
        self._expires[token] = self.tenancy.clock() + self.seconds
        return {
            "token_type": "Bearer", "expires_in": self.seconds, "ext_expires_in": self.seconds,
            "access_token": token,
        }  # fmt: skip


def _claims(token: str) -> Json:
    try:
        return dict(jwt.decode(token, options={"verify_signature": False}))
    except jwt.InvalidTokenError:
        return {}
