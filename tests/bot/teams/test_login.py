"""The login at Microsoft: what MSAL asks, and where it goes with the client's secret."""

import requests
from requests.adapters import BaseAdapter

from bot.teams.login import _Patient


class _Elsewhere(BaseAdapter):
    """Whatever is asked is to be asked elsewhere."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def send(self, request, **options):
        self.asked.append((request.url, request.body, options["timeout"]))
        response = requests.Response()
        response.status_code, response.request, response.url = 307, request, request.url
        response.headers["Location"] = "https://elsewhere.example/token"
        return response

    def close(self):
        pass


def test_secret_is_carried_to_no_other_address():
    http, adapter = _Patient(), _Elsewhere()
    http.mount("https://", adapter)
    answer = http.post("https://login.example/token", data={"client_secret": "s"})

    assert answer.status_code == 307
    assert adapter.asked == [("https://login.example/token", "client_secret=s", 10)]
