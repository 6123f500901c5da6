"""Playing a talk on a stage: what a step means, and what must hold after it."""

from collections.abc import AsyncIterator, Sequence

from bot.talk.script import MAY, MOVES, Step, TalkWrong
from bot.talk.stage import NotPossible, Outcome, Stage

CHECKS = {"sees", "never sees"}
"""What is only looked for; every other step is an act."""


async def play(steps: Sequence[Step], stage: Stage) -> AsyncIterator[str]:
    """Play the steps in order, yielding the transcript. Raises TalkWrong where one does not hold."""
    player = Player(stage)
    await player.begin()
    for step in steps:
        async for line in player.take(step):
            yield line


class Player:
    """What each person in the talk has seen so far: after `since` through the last act."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._began = 0
        self.since = 0

    async def begin(self) -> None:
        """Learn who is there already, and from where on things count as seen."""
        await self._stage.begin()
        self._began = self.since = await self._stage.rest()

    async def rest(self) -> None:
        """Wait until the outbox and the ticks have come to rest."""
        await self._stage.rest()

    async def take(self, step: Step) -> AsyncIterator[str]:
        """Take one step, yielding what became visible through it."""
        if step.does in CHECKS:
            await self.check(step)
            return
        yield _told(step)
        await self.act(step)
        async for line in self._new():
            yield line

    async def act(self, step: Step) -> None:
        """Do what a step says, and wait until everything that follows from it has happened."""
        self.since = await self._stage.rest()
        try:
            await self._act(step)
        except NotPossible as wrong:
            raise TalkWrong(step.line, wrong.why) from wrong
        await self.rest()
        await self._check_said_once(step)

    async def _act(self, step: Step) -> None:
        match step.does:
            case "person":
                await self._add_person(step)
            case "at":
                assert step.moment  # noqa: S101 - the script's own promise
                await self._stage.move_to(step.moment)
            case "may":
                await self._let(*MAY[step.text])
            case does if does in MOVES:
                await self._move(step)
            case _:
                await self._answered(step, await self._spoken(step))

    async def _let(self, what: str, allowed: bool) -> None:  # noqa: FBT001 - as the line says it
        """From now on the chat lets the bot do something, or does not."""
        stage = self._stage
        lets = {"make_rooms": stage.let_make_rooms, "bring_in": stage.let_bring_in, "pin": stage.let_pin}
        await lets[what](allowed=allowed)

    async def _move(self, step: Step) -> None:
        """What somebody does to a room; the bot may say something, and need not."""
        who, stage = self._who(step), self._stage
        if step.does == "opens":
            await stage.open_room(who, step.place)
            return
        moves = {
            "enters": stage.enter, "leaves": stage.leave,
            "closes": stage.close_room, "reopens": stage.reopen_room,
        }  # fmt: skip
        await moves[step.does](who, step.place, step.challenge)

    async def _spoken(self, step: Step) -> Outcome:
        who = self._who(step)
        if step.does == "presses":
            return await self._stage.press(who, step.text)
        if step.does == "fills":
            return await self._stage.fill(who, step.text, step.values)
        return await self._stage.say(who, step.place, step.challenge, step.text)

    async def _add_person(self, step: Step) -> None:
        if step.text.split()[0] not in self._stage.people:
            await self._stage.add(step.text, step.values)

    async def _answered(self, step: Step, outcome: Outcome) -> None:
        """Whatever was addressed to the bot has exactly one answer, even if it came late."""
        if not outcome.heard:
            return
        if outcome.answers > 1:
            raise TalkWrong(step.line, f"{outcome.answers} answers to one act")
        if outcome.answers == 0:
            await self.rest()
            new = await self._stage.appeared(step.who, self.since)
            if not any(seen.author is None for seen in new):
                raise TalkWrong(step.line, "no answer")

    async def _check_said_once(self, step: Step) -> None:
        """The bot says nothing twice in one place for one act."""
        if step.does in {"person", "at", "may"}:
            return
        new = await self._stage.appeared(self._who(step), self.since)
        by_bot = [one for one in new if one.message and one.author is None]
        said = [one[1:] for one in {(one.message, one.place, one.plain) for one in by_bot}]
        twice = next((plain for place, plain in said if said.count((place, plain)) > 1), None)
        if twice:
            raise TalkWrong(step.line, f"said twice: “{twice}”")

    async def check(self, step: Step) -> None:
        """Look for what a step expects. Raises TalkWrong where it does not hold."""
        who = self._who(step)
        since = self._began if step.does == "never sees" else self.since
        seen = [_flat(one.plain) for one in await self._stage.appeared(who, since)]
        found = any(_flat(step.text) in text for text in seen)
        if step.does == "sees" and not found:
            raise TalkWrong(
                step.line, f"{step.who} did not see “{step.text}”, but: {' | '.join(seen) or 'nothing'}"
            )
        if step.does == "never sees" and found:
            raise TalkWrong(step.line, f"{step.who} did see “{step.text}”")

    async def _new(self) -> AsyncIterator[str]:
        """What became visible, told once although several people saw it."""
        told: dict[tuple[int, str, str], list[str]] = {}
        for who in self._stage.people:
            for seen in await self._stage.appeared(who, self.since):
                if seen.author is None:
                    told.setdefault((seen.sequence, seen.place, seen.plain), []).append(who)
        for (_sequence, _place, plain), names in sorted(told.items(), key=lambda one: one[0][0]):
            yield f"  → {', '.join(names)}: " + plain.replace("\n", "\n      ")

    def _who(self, step: Step) -> str:
        if step.who not in self._stage.people:
            raise TalkWrong(step.line, f"nobody here is called {step.who}")
        return step.who


def _told(step: Step) -> str:
    match step.does:
        case "person":
            return f"({step.text} is here)"
        case "at":
            return (
                f"\n— {step.moment:%A} {step.moment.day if step.moment else ''} {step.moment:%B %Y, %H:%M} —"
            )
        case "says":
            where = "" if step.place == "direct" else f" in {step.place}"
            return f"{step.who}{where}: {step.text}"
        case "may":
            return f"(The bot may {step.text})"
        case _:
            return _told_of(step)


def _told_of(step: Step) -> str:
    if step.does in MOVES:
        return f"({step.who} {step.does} {step.place})"
    values = f": {step.values}" if step.does == "fills" else ""
    return f"{step.who} {step.does} “{step.text}”{values}"


def _flat(text: str) -> str:
    return " ".join(text.split())
