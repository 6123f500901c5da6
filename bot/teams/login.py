"""The bot's login at Microsoft: a client secret, or a managed identity where the bot runs in Azure."""

from typing import Any

import requests
from msal import ConfidentialClientApplication, ManagedIdentityClient, UserAssignedManagedIdentity

from bot.settings import Settings
from bot.teams.cloud import Cloud
from bot.teams.transport import Json

_PATIENCE = 10


class MicrosoftLogin:
    """A `bot.teams.tokens.Login`: one MSAL application, made when it is first needed."""

    def __init__(self, settings: Settings, cloud: Cloud, http: Any) -> None:
        self._settings, self._cloud, self._http = settings, cloud, http
        self._application: Any = None

    def ask(self) -> Json:
        """A token, or why there is none; MSAL may give the same again for as long as it is good."""
        application = self._application = self._application or self._made()
        if isinstance(application, ManagedIdentityClient):
            resource = self._cloud.scope.removesuffix("/.default")
            return dict(application.acquire_token_for_client(resource=resource))
        return dict(application.acquire_token_for_client([self._cloud.scope]))

    def forget(self) -> None:
        """Begin again with an application that remembers nothing."""
        self._application = None

    def _made(self) -> Any:
        of, http = self._settings, self._http or _Patient()
        if of.microsoft_app_type == "UserAssignedMSI":
            identity = UserAssignedManagedIdentity(client_id=of.microsoft_app_id)
            return ManagedIdentityClient(identity, http_client=http)
        return ConfidentialClientApplication(
            of.microsoft_app_id,
            authority=f"{self._cloud.login}/{of.microsoft_app_tenant_id}",
            client_credential=of.microsoft_app_password,
            http_client=http,
            instance_discovery=False,  # the address is a constant of ours
        )


class _Patient(requests.Session):
    """MSAL's HTTP, with an end to its patience; no redirect carries the client secret elsewhere."""

    def request(self, *asked: Any, **options: Any) -> requests.Response:
        return super().request(*asked, **{"timeout": _PATIENCE} | options | {"allow_redirects": False})
