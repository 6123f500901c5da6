"""Hints about what was written. They suggest and never block, and name no words of their own.

`note_hints` gives "judgement_word" and "grade"; `key_line_hints` gives these and "two_questions",
"vague" and "long". Nothing in a challenge is a judgement, score or grade: LGA manual, section 11.
"""

import re

_JUDGEMENT = (
    r"\b(?:inadequate|inadequacy|unacceptabl[ey]|poor(?:ly)?|failing|failed|failure|weak(?:ness(?:es)?)?|"
    r"non-?complian(?:t|ce)|incompeten(?:t|ce)|outstanding practice|best in class|excellent|world[- ]class)\b"
)
_GRADES = (
    r"\brequires? improvement\b(?!\s+(?:plan|board|partner|to|in|of))"
    r"|\b(?:graded?|rated?|rating|scored?|judged?)\s+(?:as\s+|at\s+|it\s+)?"
    r"(?:good|outstanding|inadequate|red|amber|green|poor|\d)"
    r"|\b(?:is|are|was|were)\s+(?:outstanding|inadequate)\b"
    r"|\b(?:rag|red[,/ -]+amber[,/ -]+(?:and |or )?green)\b(?:[- ]rat(?:ed|ing)s?)?"
    r"|\b\d{1,2}\s*(?:/|out of)\s*(?:5|10)\b(?!\s*[/-]?\d)(?!\s+(?!for\b)[a-z])"
    r"|\b(?:a|an overall|overall) (?:score|grade|judgement|rating)\b"
    r"|\bgrade (?:[a-e]|\d)\b"
)
_VERBS = "is are was were do does did has have had can could will would should may might"
_ASKING = "what when where which who whom whose why how"
_BEGINS = (
    rf"(?:{'|'.join(_VERBS.split())}|(?:{'|'.join(_ASKING.split())})(?!\s+(?:they|we|he|she|it|you|i)\b))"
)
_NOT_HALF_A_VERB = "".join(rf"(?<!\b{verb})" for verb in _VERBS.split())
_SECOND = re.compile(
    rf"\?\s+(?=\S)|{_NOT_HALF_A_VERB}[,;]?\s+(?:and|or)\s+(?:also\s+)?(?={_BEGINS}\s+\w)", re.IGNORECASE
)
_JOINT = re.compile(r"\?\s|\s(?:and|or)\s", re.IGNORECASE)
"""What stands between two questions: without it there is one, and a longer look is spared."""
_VAGUE = (
    r"\b(?:everything|anything|all (?:aspects|areas|services|parts)|any (?:other )?issues|in general|"
    r"generally|overall|as a whole|across the board|various|etc|and so on|how are we doing|how good|"
    r"the whole (?:service|system))\b"
)
_WORDS_OF_A_LONG_QUESTION = 35


def note_hints(text: str) -> list[str]:
    """Hints for a note, a summary or any other text that may reach the council."""
    found = {"judgement_word": _JUDGEMENT, "grade": _GRADES}
    return [hint for hint, words in found.items() if re.search(words, text, re.IGNORECASE)]


def key_line_hints(text: str) -> list[str]:
    """Hints for a key line of enquiry or another question to the team."""
    found = {
        "two_questions": len(split_questions(text)) > 1,
        "vague": re.search(_VAGUE, text, re.IGNORECASE) is not None,
        "long": len(text.split()) > _WORDS_OF_A_LONG_QUESTION,
    }
    return [*note_hints(text), *(hint for hint, there in found.items() if there)]


def split_questions(text: str) -> list[str]:
    """The questions in a text, each with a capital and a question mark; the text alone when it is one.

    "Are thresholds consistent and is early help working?" is two; "Is it fair and quick?" is one.
    """
    if not _JOINT.search(text):
        return [text.strip()]
    parts = [part.strip(" \t\n,;?") for part in _SECOND.split(text.strip())]
    if sum(bool(re.match(rf"{_BEGINS}\b", part, re.IGNORECASE)) for part in parts) < 2:
        return [text.strip()]
    return [f"{part[0].upper()}{part[1:]}?" for part in parts if part]
