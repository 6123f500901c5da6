"""What Teams does to a bot now and then, done on purpose. See `tests/fakes/unkind.py`.

Methods: create, send, reply, update, delete, members, pagedmembers, member, team, channels; "login"
gives tokens out, and "keys" are Teams' own signing keys. `when` is given conversation, activity,
user and body of the call. Deliveries are of kind "message", "invoke" or "event".
"""

from dataclasses import dataclass

from tests.fakes import unkind
from tests.fakes.unkind import Repeat, When


@dataclass(kw_only=True)
class Unkind(unkind.Unkind):
    """How unkind Teams is being at present; kind, by default."""

    def refuse(
        self,
        method: str | None = None,
        *,
        status: int,
        code: str,
        times: int | None = 1,
        when: When | None = None,
    ) -> None:
        """Refuse with one of Teams' own words, and do nothing."""
        self._add("refuse", method, status, times, when, detail=code)

    def redeliver(
        self,
        kind: str | None = None,
        *,
        copies: int = 1,
        during: bool = False,
        times: int | None = 1,
        another_id: bool = False,
    ) -> None:
        """Deliver the same thing again, as others do, or under `another_id`: so Teams repeats an invoke.

        https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/how-to/action-commands/respond-to-task-module-submit
        """
        repeat = Repeat(kind=kind, copies=copies, during=during, times=times, another_id=another_id)
        self.repeats.append(repeat)

    def token_refused(
        self, method: str | None = None, *, times: int | None = 1, when: When | None = None
    ) -> None:
        """Take the bot's token for no good (401), whatever it is."""
        self._add("token_refused", method, 0, times, when)

    def login_down(self, *, status: int = 503, times: int | None = 1) -> None:
        """Give no tokens out."""
        self._add("status", "login", status, times, None)
