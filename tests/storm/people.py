"""The people in the storm: whoever is told that something did not work, or gets no answer, does it again."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping

from bot.talk.script import Step
from bot.talk.stage import NotPossible, Outcome
from tests.fakes.slack import Act, Cannot, Peer, User, views
from tests.fakes.slack.posts import Post
from tests.fakes.slack_stage.stage import SlackStage

PATIENCE = 10.0
"""Seconds in which somebody waits for an answer, or for what they want to press."""
_LOOKS_AFTER = 1.0
"""Seconds after which whoever was told that it did not work looks whether it did."""
_STUBBORN = 60.0
"""Seconds after which even these people give up: something was lost."""
_NOT_SAVED = "Nothing was saved. Please try it again"
_ONCE = ("note", "ask host")
"""What would be there twice if it were said twice: they look first whether it was heard after all."""


class NoPace:
    """Nobody waits for the bot in any other way than people do."""

    async def answered(self) -> None: ...
    async def rest(self) -> None: ...
    async def move_to(self, moment) -> None: ...


class Stubborn(SlackStage):
    """A stage on which people do not give up soon. `lot` decides who is impatient.

    What is to be there once only, such as a note, is said by people who look first: `is_heard` tells
    whether something that was said, by what Slack calls it, is known to the bot.
    """

    def __init__(
        self, peer: Peer, users: dict[str, User], lot: random.Random, is_heard: Callable[[str], bool]
    ) -> None:
        super().__init__(peer, NoPace())
        self.users.update(users)
        self._lot = lot
        self._is_heard = is_heard
        self._careful = False

    async def take(self, step: Step) -> None:
        """Do what a step says, as soon as it can be done. Raises NotPossible."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                await self._take(step)
            except NotPossible:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.1)
            else:
                return

    async def rest(self) -> int:
        """Nobody rests in a storm."""
        await asyncio.sleep(0.05)
        return self.peer.sequence

    async def say(self, who: str, place: str, challenge: str, text: str) -> Outcome:
        self._careful = any(once in text for once in _ONCE)
        return await super().say(who, place, challenge, text)

    async def fill(self, who: str, title: str, values: Mapping[str, str]) -> Outcome:
        """Send a form in until it is taken."""
        user = self.users[who]
        form = await self._open_form(who, title)
        while self._is_open(form.view):
            act = await self._done(lambda: self.peer.submit(user, self._typed(values, form)))
            if form.view.errors:
                raise NotPossible(f"{who} is told in {title}: {form.view.errors}")
            if not act.trouble:
                break
        return Outcome(heard=True, answers=1)

    async def _take(self, step: Step) -> None:
        match step.does:
            case "says":
                await self.say(step.who, step.place, step.challenge, step.text)
            case "presses":
                await self.press(step.who, step.text)
            case "fills":
                await self.fill(step.who, step.text, step.values)

    async def _act(self, who: str, do: Callable, *, heard: bool = True) -> Outcome:
        careful, self._careful = self._careful, False
        since, done, until = self.peer.sequence, [], time.monotonic() + _STUBBORN
        while time.monotonic() < until:
            act = await self._done(do)
            done.append(act)
            if act.trouble and not careful and self._lot.random() < 0.5:
                await asyncio.sleep(self._lot.uniform(0.1, 0.5))
                continue
            wait = self._answered_or_looked if careful else self._answered
            if await wait(self.users[who], since, done) and not self._was_not_saved(since, act):
                return Outcome(heard=heard, answers=1)
        raise NotPossible(f"{who} has given up")

    async def _answered_or_looked(self, user: User, since: int, done: list[Act]) -> bool:
        """Wait for an answer for as long as it was heard, or is on its way to be."""
        until = time.monotonic() + _STUBBORN
        while time.monotonic() < until:
            if await self._answered(user, since, done, _LOOKS_AFTER if done[-1].trouble else PATIENCE):
                return True
            await self.peer.rest(60)
            if not any(self._is_heard(act.id) for act in done):
                return False
        return False

    async def _done(self, do: Callable[[], Awaitable[Act]]) -> Act:
        try:
            return await do()
        except Cannot as cannot:
            raise NotPossible(str(cannot)) from cannot

    async def _answered(self, user: User, since: int, done: list[Act], seconds: float = PATIENCE) -> bool:
        """Wait for an answer. Where the chat said that it did not work, one may come all the same."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._sees_answer(user, since, done):
                return True
            await asyncio.sleep(0.02)
        return False

    def _sees_answer(self, user: User, since: int, done: list[Act]) -> bool:
        """A form, something that only they see, or a message by the key of what they did."""
        if any(view.shown[-1][0] > since for view in views.open_for(self.peer.workspace, user.id)):
            return True
        return any(
            post.only_for == user.id if post.only_for else _answers(post, done) for post in self._since(since)
        )

    def _was_not_saved(self, since: int, act: Act) -> bool:
        """Whether somebody is told to do it again."""
        answers = [post for post in self._since(since) if _answers(post, [act])]
        return any(_NOT_SAVED in str(post.newest.blocks) for post in answers)

    def _since(self, since: int) -> Iterator[Post]:
        """What the bot posted since, the newest first."""
        for post in reversed(self.peer.workspace.posts):
            if post.versions[0].sequence <= since:
                return
            if post.author == self.peer.app.bot.id:
                yield post

    def _is_open(self, view: views.View) -> bool:
        return any(view is one for one in views.open_for(self.peer.workspace, view.user))


def _answers(post: Post, done: list[Act]) -> bool:
    """Whether a message is the answer to one of these acts: its key ends with what Slack calls it."""
    return is_answer(post.newest.metadata) and any(
        post.newest.metadata["event_payload"]["key"].split("/")[0].endswith(f":{act.id}") for act in done
    )


def is_answer(metadata: Mapping | None) -> bool:
    """Whether a message carries the key of what was said in Slack."""
    return bool(metadata) and metadata["event_payload"]["key"].startswith("slack:")
