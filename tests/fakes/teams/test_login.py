import asyncio
from urllib.parse import urlsplit

import httpx
import jwt
import pytest
from jwt import PyJWK
from msal import ConfidentialClientApplication

from tests.fakes.teams.login import LOGIN


class Path:
    """An http client for MSAL that brings every address to the peer by its path alone."""

    def __init__(self, base):
        self._base = base
        self._web = httpx.Client()

    def get(self, url, params=None, headers=None, **_):
        return self._web.get(self._base + urlsplit(url).path, params=params, headers=headers)

    def post(self, url, params=None, data=None, headers=None, **_):
        return self._web.post(self._base + urlsplit(url).path, params=params, data=data, headers=headers)

    def close(self):
        self._web.close()


def logged_in(peer, tenant, password):
    line = Path(peer.base)
    app = ConfidentialClientApplication(
        peer.app.id, client_credential=password, authority=f"{LOGIN}/{tenant}", http_client=line
    )
    found = app.acquire_token_for_client([peer.scope])
    line.close()
    return found


async def test_msal_gets_a_token_that_the_connector_takes(peer, bot, jo, house):
    await peer.install_in(house, by=jo)
    found = await asyncio.to_thread(logged_in, peer, peer.app.tenant, peer.app.password)
    bot.token = found["access_token"]

    assert (found["expires_in"], (await bot.call("GET", f"teams/{house.id}")).status_code) == (3599, 200)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "another"}, "unauthorized_client"),
        ({"scope": "https://graph.microsoft.com/.default"}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_token_is_refused_for_anything_but_the_apps_own_credentials(peer, bot, asked, error):
    with pytest.raises(httpx.HTTPStatusError) as caught:
        await bot.log_in(**asked)

    assert caught.value.response.json()["error"] == error


async def test_login_can_be_down_for_a_while(peer, bot):
    peer.unkind.login_down()
    with pytest.raises(httpx.HTTPStatusError):
        await bot.log_in()
    await bot.log_in()


async def test_managed_identity_gets_a_token_of_the_same_kind(peer, bot):
    asked = {"resource": peer.issuer, "client_id": peer.app.id, "api-version": "2018-02-01"}
    found = await bot.web.get(
        f"{peer.base}/metadata/identity/oauth2/token", params=asked, headers={"Metadata": "true"}
    )

    assert found.json()["access_token"] == peer.tokens.given[-1]


async def published(peer, bot):
    """The signing keys by their ids, as the metadata leads to them."""
    document = (await bot.web.get(peer.metadata_url)).json()
    keys = (await bot.web.get(document["jwks_uri"])).json()["keys"]
    return {key["kid"]: key for key in keys}


async def test_activity_is_signed_with_a_published_key_endorsed_for_teams(peer, bot, jo):
    await peer.install(jo)
    token = bot.headers[-1]["authorization"].removeprefix("Bearer ")
    key = (await published(peer, bot))[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, PyJWK(key).key, ["RS256"], audience=peer.app.id, issuer=peer.issuer)

    assert (key["endorsements"], claims["serviceurl"]) == (["msteams"], peer.service_url)


async def test_rotated_key_is_published_in_the_place_of_the_old_one_or_beside_it(peer, bot):
    first = set(await published(peer, bot))
    peer.keys.rotate(keep=True)
    both = set(await published(peer, bot))
    peer.keys.rotate()

    assert (len(first), len(both), first < both) == (1, 2, True)
    assert not both & set(await published(peer, bot))
    assert len(peer.called("keys")) == 3


async def test_activity_can_be_posted_with_other_claims_and_other_parts(peer, bot, jo):
    chat = await peer.install(jo)
    activity = peer.activity(jo, chat, text="status", serviceUrl="https://elsewhere.example/")
    await peer.post(activity, aud="another app", serviceurl=None)
    claims = jwt.decode(
        bot.headers[-1]["authorization"].removeprefix("Bearer "), options={"verify_signature": False}
    )

    assert (bot.heard[-1]["text"], bot.heard[-1]["serviceUrl"]) == ("status", "https://elsewhere.example/")
    assert (claims["aud"], "serviceurl" in claims) == ("another app", False)
