"""What somebody wants instead of answering: skip, go back, stop for now, look, change, start."""

import re
from dataclasses import dataclass

from handlers.rules import written


@dataclass(frozen=True, kw_only=True)
class Wish:
    """`name` is skip, back, later, look, change, start, keep or enough.

    `rest` is a day with "later", a number with "change".
    """

    name: str
    rest: str = ""


_SAID = {
    "skip": """skip, skip it, skip this, skip that, skip this one, skip that one, skip this question,
        pass, next question, no answer, move on""",
    "back": "back, go back, step back, back one, go back one, previous, previous question, undo",
    "look": """answers, my answers, show my answers, show me my answers, show what i said, show me,
        show me what i said, show me what i said so far, show me what i have said, show me what i've said,
        what did i say, what have i said, what have i said so far, what i said, read back what i said""",
    "start": """start, begin, go, go on, go ahead, let's go, let's start, let's begin, continue, carry on,
        resume""",
    "keep": "keep, keep it, keep that, keep it as it is, leave it, leave it as it is, no change, as it is",
    "enough": """that's all, that is all, that's it, that's everything, that's enough, no more,
        nothing else, finished""",
}
_YES = """yes, yes please, yes it is, yes they are, yes that's right, yep, yeah, y, ok, okay, fine, sure,
    correct, right, agreed, all right, that's right, that is right, that's fine, all correct, all fine"""
_LATER = re.compile(
    r"(?:later|not now|not right now|another time|another day|pause|stop for now|stop|enough for now"
    r"|enough for today|ask me again|ask again|ask me|remind me|come back)(?: (?P<day>.+))?"
)
_CHANGE = re.compile(r"(?:change|correct|edit)(?: (?:answer|question|number))? ?#?(?P<number>\d{1,3})")


def _phrases(listed: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in listed.split(","))


_NAMES = {phrase: name for name, listed in _SAID.items() for phrase in _phrases(listed)}
_YESES = _phrases(_YES)


def wish(text: str) -> Wish | None:
    """The wish in a text that says nothing else; None for anything that may be an answer."""
    plain = _plain(text)
    if plain in _NAMES:
        return Wish(name=_NAMES[plain])
    later = _LATER.fullmatch(plain)
    if later and is_day(later["day"] or ""):
        return Wish(name="later", rest=later["day"] or "")
    change = _CHANGE.fullmatch(plain)
    return Wish(name="change", rest=change["number"]) if change else None


def is_day(text: str) -> bool:
    """Whether a text is nothing, or names a day or a moment, as after "later"."""
    return not text.strip() or written.is_moment(written.tidy(text))


def is_yes(text: str) -> bool:
    """Whether a text says yes and nothing else."""
    return _plain(text).replace(",", "") in _YESES


def _plain(text: str) -> str:
    words = " ".join(text.casefold().replace("\u2019", "'").split()).strip(" .!?,")
    return words.removeprefix("please ").removesuffix(" please")
