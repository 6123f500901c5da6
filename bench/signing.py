"""Requests as Slack would sign them."""

import hashlib
import hmac
import time
from urllib.parse import urlencode

SECRET = "a secret of nobody"  # noqa: S105 - it opens nothing


def slash(
    command: str, text: str, user: str, *, team: str = "T1", channel: str = "C1", act: int = 0,
    secret: str = SECRET,
) -> tuple[bytes, dict[str, str]]:  # fmt: skip
    """Body and headers of a slash command."""
    body = urlencode(
        {
            "command": command, "text": text, "user_id": user, "user_name": user, "team_id": team,
            "team_domain": "exampleshire", "channel_id": channel, "channel_name": "corridor",
            "api_app_id": "A1", "response_url": "http://127.0.0.1/none", "trigger_id": f"{act}.2.3",
            "is_enterprise_install": "false",
        }
    )  # fmt: skip
    at = str(int(time.time()))
    proof = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return body.encode(), {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={proof}",
    }
