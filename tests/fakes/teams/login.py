"""Microsoft's documents and its login endpoint, as bots and MSAL ask for them.

A login document names the public host with https, which MSAL insists on: an http client that brings
every address to the peer by its path alone is all that MSAL needs.
"""

from collections.abc import Callable

from aiohttp import web

from tests.fakes.teams.keys import ISSUER, Keys
from tests.fakes.teams.tenancy import Json
from tests.fakes.teams.tokens import NotLoggedIn, Tokens

LOGIN = "https://login.microsoftonline.com"


def metadata(base: str) -> Json:
    """The OpenID document of the connector. Its keys lie on the peer."""
    return {
        "issuer": ISSUER, "authorization_endpoint": "https://invalid.botframework.com",
        "jwks_uri": f"{base}/v1/.well-known/keys",
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
    }  # fmt: skip


def tenant_document(tenant: str) -> Json:
    """What a tenant's login can do."""
    return {
        "issuer": f"{LOGIN}/{tenant}/v2.0",
        "authorization_endpoint": f"{LOGIN}/{tenant}/oauth2/v2.0/authorize",
        "token_endpoint": f"{LOGIN}/{tenant}/oauth2/v2.0/token",
        "jwks_uri": f"{LOGIN}/{tenant}/discovery/v2.0/keys",
        "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
    }  # fmt: skip


def discovery(asked: dict[str, str]) -> Json:
    """Which cloud a login address belongs to."""
    tenant = asked.get("authorization_endpoint", "").rpartition("/oauth2/")[0].rpartition("/")[2]
    return {
        "tenant_discovery_endpoint": f"{LOGIN}/{tenant}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [
            {
                "preferred_network": "login.microsoftonline.com",
                "preferred_cache": "login.windows.net",
                "aliases": ["login.microsoftonline.com", "login.windows.net"],
            }
        ],
    }


def key_document(keys: Keys) -> Json:
    """The keys that Teams signs with, and what each may speak for."""
    return keys.document()


async def token(request: web.Request, tokens: Tokens) -> web.Response:
    """Give out a token for a secret."""
    asked = {name: str(value) for name, value in (await request.post()).items()}
    return _given(lambda: tokens.by_secret(request.match_info["tenant"], asked))


async def identity_token(request: web.Request, tokens: Tokens) -> web.Response:
    """Give out a token for a managed identity."""
    return _given(lambda: tokens.by_identity(dict(request.headers), dict(request.query)))


def _given(give: Callable[[], Json]) -> web.Response:
    try:
        return web.json_response(give())
    except NotLoggedIn as refused:
        return web.json_response(refused.answer, status=refused.status)
