"""The local Slack, its people, and the signed commands that they send."""

from datetime import UTC, datetime

from bench import programme
from bench.load import Request
from bench.signing import slash
from tests.fakes.slack import Channel, Peer, User


def settings(peer: Peer) -> dict[str, str]:
    """What the environment of a bot in this Slack says."""
    return {
        "SLACK_BOT_TOKEN": peer.app.bot_token,
        "SLACK_SIGNING_SECRET": peer.app.secret,
        "SLACK_API_URL": peer.api_url,
    }


def people(peer: Peer) -> tuple[list[User], Channel]:
    """The managers of the challenges, in a channel where the bot is not."""
    emails = [programme.email("manager", number) for number in range(1, programme.CHALLENGES + 1)]
    users = [peer.add_person(address.split("@")[0], email=address) for address in emails]
    return users, peer.add_channel("corridor", *users)


def said(peer: Peer, users: list[User], channel: Channel, text: str) -> Request:
    """The same command, said by one person after the other."""
    began = int(datetime.now(UTC).timestamp() * 1_000_000)

    def one(number: int) -> tuple[str, bytes, dict[str, str]]:
        body, headers = slash(
            "/challenge", text.format(number), users[number % len(users)].id, team=peer.workspace.team,
            channel=channel.id, act=began + number, secret=peer.app.secret,
        )  # fmt: skip
        return "/slack/events", body, headers

    return one
