"""What a hurried coordinator types, taken apart into the values of the form it stands for.

Each function takes the words after the command (the command's own word in front does no harm)
and returns the values it found, as typed: a missing one is missing, and the form asks for it.
Capitals, spaces, curly quotes and a full stop at the end make no difference.
"""

import re
from collections.abc import Callable, Collection, Mapping
from difflib import SequenceMatcher, get_close_matches
from typing import TypeAlias

from handlers.rules import written

Values: TypeAlias = dict[str, str]

ROLES: Mapping[str, str] = {
    "lead peer": "lead_peer",
    "lead": "lead_peer",
    "team leader": "lead_peer",
    "peer": "peer",
    "lead member peer": "lead_member_peer",
    "member peer": "lead_member_peer",
    "lead member": "lead_member_peer",
    "peer challenge manager": "challenge_manager",
    "challenge manager": "challenge_manager",
    "pcm": "challenge_manager",
    "project coordinator": "coordinator",
    "project co-ordinator": "coordinator",
    "coordinator": "coordinator",
    "co-ordinator": "coordinator",
    "programme manager": "programme_manager",
    "principal adviser": "principal_adviser",
    "improvement adviser": "improvement_adviser",
    "children's improvement adviser": "improvement_adviser",
    "cia": "improvement_adviser",
    "sponsor": "sponsor",
    "organiser": "organiser",
    "observer": "observer",
    "director": "director",
    "dcs": "director",
}
"""How people name a role, and the role."""

KINDS: Mapping[str, str] = {
    "strength": "strength",
    "strengths": "strength",
    "good practice": "strength",
    "to consider": "consider",
    "consider": "consider",
    "consideration": "consider",
    "area for consideration": "consider",
    "still exploring": "exploring",
    "exploring": "exploring",
    "explore": "exploring",
    "to explore": "exploring",
}
"""How people name the kind of a note, and the kind."""


# One function a command


def invitation(text: str, roles: Mapping[str, str] = ROLES) -> Values:
    """Read "dana from saltmarsh as peer for care leavers": name, council, role, expertise.

    A role that is not known is handed on as typed.
    """
    rest = _without_verb(text, "invite", "ask")
    before, role = _take_role(rest, roles)
    who, expertise = _part(before, "for")
    name, council = _part(who, "from")
    known = roles.get(_plain(role), role)
    return _found(name=_name(name), council=council, role=known, expertise=expertise)


def cover(text: str) -> Values:
    """Read "helen with tom 11-12 nov": name, deputy, days."""
    rest, days = _split_days(_without_verb(text, "cover for", "cover"))
    name, deputy = _part(rest, "with", "by")
    return _found(name=_name(name), deputy=_name(deputy), days=days)


def handover(text: str, roles: Mapping[str, str] = ROLES) -> Values:
    """Read "jo to priya as coordinator from 12 nov": name, to, role, day."""
    rest, day = _split_end(_without_verb(text, "hand over", "handover"), _is_day)
    before, role = _take_role(rest, roles)
    name, to = _part(before, "to")
    return _found(name=_name(name), to=_name(to), role=roles.get(_plain(role), role), day=day)


def task(text: str, names: Collection[str] = ()) -> Values:
    """Read 'sam "book rooms" by 20 oct': owner, text, by.

    Without quotes the owner is the longest of `names` in front, else the first word.
    """
    owner, words, by = _asked(_without_verb(text, "task add", "task"), names)
    return _found(owner=_name(owner), text=words, by=by)


def request(text: str, names: Collection[str] = ("host", "the host", "council", "the council")) -> Values:
    """Read 'host "learning plan" by thu noon': to, text, by."""
    to, words, by = _asked(_without_verb(text, "ask"), names)
    return _found(to=_name(to), text=words, by=by)


def done(text: str) -> Values:
    """Read "3 not needed because we have rooms": item, reason.

    The reason is there, though it may be empty, whenever the item is not needed.
    """
    rest = _without_verb(text, "done")
    found = re.search(
        r"\b(?:is )?not needed\b[\s,:;-]*(?:because\b|as\b|since\b)?(?: of\b)?", rest, re.IGNORECASE
    )
    if not found:
        return _found(item=_trim(rest))
    return {**_found(item=_trim(rest[: found.start()])), "reason": _trim(rest[found.end() :])}


def snooze(text: str) -> Values:
    """Read "3 fri" or "book rooms until 20 oct": item, until."""
    item, until = _split_end(_without_verb(text, "snooze"), _is_day)
    return _found(item=item, until=until)


_FEW = 2
"""Words that can be a task's title; with more, and no day, it may be what somebody answers."""


def is_pin(text: str) -> bool:
    """Whether words name a task, maybe with its new day, rather than go on with a sentence."""
    return "until" in snooze(text) or text.lstrip("#")[:1].isdigit() or len(text.split()) <= _FEW


def opening(text: str, formats: Collection[str] = ()) -> Values:
    """Read "exampleshire lga_full 10-13 nov": council, format, days.

    The format is the one of `formats` found in the text ("lga full" and "LGA-full" count), else a
    last word with an underscore in it, or one that is close to a format, as typed.
    """
    rest, days = _split_days(_without_verb(text, "new"))
    for name in sorted(formats, key=len, reverse=True):
        words = "[_ -]".join(re.escape(word) for word in re.split("[_ -]", name))
        found = re.search(rf"(?<!\w){words}(?!\w)", rest, re.IGNORECASE)
        if found:
            council = f"{_trim(rest[: found.start()])} {_trim(rest[found.end() :])}".strip()
            return _found(council=council, format=name, days=days)
    council, word = _split_end(rest, lambda end: _may_be_format(end, formats))
    return _found(council=council, format=word, days=days)


def dates(text: str) -> Values:
    """Read "move 10 nov to 17 nov" or "move to 17-20 nov": from, to."""
    rest = _without_verb(text, "dates")
    rest = _without_verb(rest, "move")
    gaps = list(re.finditer(r"(?i)(?:^|\s)to\s+", rest))[-_LONGEST:]
    ways = [(rest[: gap.start()], rest[gap.end() :]) for gap in gaps]
    read = [way for way in ways if all(not side or is_days(side) for side in way)]
    before, after = (read or ways or [(rest, "")])[0]
    return _found(**{"from": _trim(before.removeprefix("from ")), "to": _trim(after)})


def is_move(text: str) -> bool:
    """Say whether "10 nov to 17 nov" or "to 17 nov" is what follows "move", and nothing else is."""
    found = dates(text)
    return "to" in found and all(is_days(days) for days in found.values())


def note(text: str, names: Collection[str], kinds: Mapping[str, str] = KINDS) -> Values:
    """Read "front door strength Staff explain …": about (one of `names`, as given), kind, text."""
    about, rest = _take(_without_verb(text, "note"), {name: name for name in names})
    kind, rest = _take(rest, kinds)
    if kind and not about:
        about, rest = _take(rest, {name: name for name in names})
    return _found(about=about, kind=kind, text=rest)


def numbered(text: str) -> Values:
    """Read "2 Is early help …", "#2: …" or "2." : number, text. The text is kept as typed."""
    found = re.match(r"\s*(?:no\.? ?|#)?(\d{1,3})(?:[.):]?(?:\s+|$))(.*)", text, re.IGNORECASE | re.DOTALL)
    if not found:
        return _found(text=text.strip())
    return _found(number=found[1], text=found[2].strip())


# Commands and challenges


def nearest(typed: str, phrases: Collection[str], n: int = 3) -> list[str]:
    """The phrases that begin most like what was typed, the nearest first."""
    words = [word[:_LONGEST_COMPARED] for word in _plain(typed).split()]

    def likeness(phrase: str) -> float:
        said = " ".join(words[: len(phrase.split())])
        return SequenceMatcher(None, said, phrase.casefold()).ratio()

    near = [phrase for phrase in phrases if likeness(phrase) >= _NEAR]
    return sorted(near, key=lambda phrase: (-likeness(phrase), phrase))[:n]


def in_challenge(text: str, names: Collection[str]) -> tuple[str, str | None]:
    """Take a closing "in exampleshire" off, when it names exactly one of `names`.

    A challenge is named by its full name, by that name without words such as "Borough of" or
    "County Council", by the first word of this, or by either with hyphens or underscores. A longer
    text that ends in a question mark is a question about the place, and is left whole.
    """
    for gap in list(re.finditer(r"(?:^|\s)in\s+", text, re.IGNORECASE))[-_LONGEST:]:
        if text.rstrip().endswith("?") and len(text[: gap.start()].split()) > _BARE_COMMAND:
            continue
        typed = _slug(text[gap.end() :].rstrip(" \t\n.,;!\"'\u201d\u2019"))
        for called in (_full_names, _short_names):
            named = [name for name in names if typed and typed in called(name)]
            if len(named) == 1:
                return text[: gap.start()].rstrip(), named[0]
    return text, None


_NEAR = 0.6
_LONGEST_COMPARED = 40  # letters of a word: comparing takes their square
_BARE_COMMAND = 2
_WORDS = "the and of borough city county council district london metropolitan royal mbc"
_GENERIC = frozenset(_WORDS.split())


def _full_names(name: str) -> set[str]:
    short = [word for word in _slug(name).split() if word not in _GENERIC]
    return {_slug(name), " ".join(short)}


def _short_names(name: str) -> set[str]:
    short = [word for word in _slug(name).split() if word not in _GENERIC]
    return set(short[:1])


def _slug(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", _plain(text).replace("'", "")).split())


# Taking words apart

_QUOTED = re.compile(
    r"[\"\u201c\u201d\u201e\u00ab](.+?)[\"\u201c\u201d\u00bb]"
    r"|(?:^|(?<=\s))[\u2018'](.+?)['\u2019](?=\s|$)"
)
_AS = r"(?:^|\s)as\s+(?:an?\s+|the\s+|our\s+)?"
_LONGEST = 12
"""Words that a date or a name at the end of a text may have."""
_BY = re.compile(r"(?:^|\s)(?:by|before|until)\s+", re.IGNORECASE)


def _plain(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").replace("\u2018", "'").casefold().split()).strip(" .,;:!?")


def _trim(text: str) -> str:
    """Take spaces and stray punctuation off the ends of a value that is no sentence."""
    return text.strip(' \t\n.,;:"\u201c\u201d-\u2013\u2014')


def _name(text: str) -> str:
    return _trim(text).removeprefix("@").strip()


def _found(**values: str) -> Values:
    return {name: value for name, value in values.items() if value}


def _without_verb(text: str, *verbs: str) -> str:
    """Take the command's own word off the front; alone it leaves nothing."""
    for verb in verbs:
        found = re.match(rf"\s*{verb}(?:\s+|\s*$)", text, re.IGNORECASE)
        if found:
            return text[found.end() :]
    return text.strip()


def _part(text: str, *words: str) -> tuple[str, str]:
    """Part a text at the first of these words."""
    found = re.search(rf"(?:^|\s)(?:{'|'.join(words)})(?:\s+|$)", text, re.IGNORECASE)
    return (_trim(text[: found.start()]), _trim(text[found.end() :])) if found else (_trim(text), "")


def _take_role(text: str, roles: Mapping[str, str]) -> tuple[str, str]:
    """Take "as lead peer" out of a text, wherever it stands; an unknown role only before "for"."""
    known = "|".join(re.escape(name) for name in sorted(roles, key=len, reverse=True))
    straight = text.replace("\u2019", "'")
    found = re.search(rf"{_AS}({known})(?=\s+(?:for|from)\s|[\s.,;!]*$)", straight, re.IGNORECASE)
    found = found or re.search(
        rf"{_AS}(.+?)(?=\sfrom\s|$)", re.split(r"(?i)\sfor\s", straight)[0], re.IGNORECASE
    )
    if not found:
        return text, ""
    return f"{text[: found.start()]} {text[found.end() :]}", _trim(found[1])


def _take(text: str, names: Mapping[str, str]) -> tuple[str, str]:
    """Take the longest of these names off the front, with the punctuation that follows it."""
    straight = text.replace("\u2019", "'")
    for name in sorted(names, key=len, reverse=True):
        words = r"\s+".join(re.escape(word) for word in name.replace("\u2019", "'").split())
        found = re.match(rf"\s*{words}(?:\s*[:;,.\u2013\u2014-]+\s*|\s+|$)", straight, re.IGNORECASE)
        if words and found:
            return names[name], text[found.end() :].strip()
    return "", text.strip()


# Days at the end


def _is_day(words: str) -> bool:
    return written.is_day(written.tidy(words))


def is_days(words: str) -> bool:
    """Whether words are a day, or days on end, and nothing else."""
    return written.is_days(written.tidy(words))


def _is_moment(words: str) -> bool:
    return written.is_moment(written.tidy(words))


def _may_be_format(words: str, formats: Collection[str]) -> bool:
    one_word = len(words.split()) == 1
    return one_word and ("_" in words or bool(get_close_matches(words.casefold(), formats, cutoff=0.7)))


def _split_end(text: str, is_wanted: Callable[[str], bool]) -> tuple[str, str]:
    """Split the longest end that is wanted off a text, with "from" or "until" before it."""
    starts = [0, *(gap.end() for gap in re.finditer(r"\s+", text))][-_LONGEST:]
    start = next((start for start in starts if is_wanted(text[start:])), len(text))
    before = re.sub(r"(?i)(?:^|\s)(?:from|until|till|on|by)\s*$", "", text[:start])
    return _trim(before), _trim(_without_verb(text[start:], "from", "until", "till", "on", "by"))


def _split_days(text: str) -> tuple[str, str]:
    """Split days off the end; failing that whatever begins with a number, so that it is refused as days."""
    before, days = _split_end(text, is_days)
    return (before, days) if days else _split_end(text, lambda end: end[:1].isdigit())


def _asked(text: str, names: Collection[str]) -> tuple[str, str, str]:
    """Who is asked, for what, by when."""
    quoted = _QUOTED.search(text)
    after = text[quoted.end() :] if quoted else ""
    if quoted and (not _trim(after) or _BY.match(after)):
        return text[: quoted.start()], (quoted[1] or quoted[2]).strip(), _trim(_BY.sub("", after, count=1))
    rest, by = _split_by(text)
    who, words = _take(rest.removeprefix("@"), {name: name for name in names})
    if not who:
        who, _, words = rest.partition(" ")
    return who, words.strip(), by


def _split_by(text: str) -> tuple[str, str]:
    """Part a text at the "by" after which a moment, or at least a number, stands."""
    gaps = list(_BY.finditer(text))[-_LONGEST:]
    for gap in gaps:
        if _is_moment(text[gap.end() :]):
            return text[: gap.start()], _trim(text[gap.end() :])
    if gaps and text[gaps[-1].end()].isdigit():
        return text[: gaps[-1].start()], _trim(text[gaps[-1].end() :])
    return text, ""
