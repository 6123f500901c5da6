"""One call of the bot to the connector: who is meant, what is sent, and how it is refused."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.teams.app import App
from tests.fakes.teams.tenancy import Json, Tenancy


class Refuse(Exception):
    """The connector says no: a status, Teams' own word for why, and a sentence."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(status, code, message)
        self.status, self.code = status, code
        self.answer: Json = {"error": {"code": code, "message": message or code}}


class Blocked(Refuse):
    """Somebody blocked the bot, which Teams says in another shape than all else.

    https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
    """

    def __init__(self) -> None:
        super().__init__(403, "MessageWritesBlocked")
        told = (
            '{\r\n  "subCode": "MessageWritesBlocked",\r\n  "details": "Thread is blocked from message '
            'writes.",\r\n  "errorCode": null,\r\n  "errorSubCode": null\r\n}'
        )
        self.answer = {"errorCode": 209, "message": told}


@dataclass(frozen=True, kw_only=True)
class Called:
    """One call that the bot made, and what came of it. `error` is None when it went well."""

    method: str
    conversation: str | None
    activity: str | None
    body: Json
    status: int
    error: str | None


@dataclass(frozen=True, kw_only=True)
class Call:
    """What an operation is given. `path` are the parts of the address, `query` its parameters."""

    tenancy: Tenancy
    app: App
    service_url: str
    mistakes: list[str]
    path: dict[str, str]
    query: dict[str, str]
    body: Any = field(default_factory=dict)

    @property
    def conversation(self) -> str | None:
        """The conversation meant, without a thread."""
        named = self.path.get("conversation")
        return named.partition(";")[0] if named else None

    @property
    def thread(self) -> str | None:
        """The first message of the thread meant, if one is."""
        return self.path.get("conversation", "").partition(";messageid=")[2] or None

    def refuse_as_mistake(self, status: int, code: str, problem: str) -> Refuse:
        """A refusal that only a bot with a mistake in it meets."""
        self.mistakes.append(problem)
        return Refuse(status, code, problem)
