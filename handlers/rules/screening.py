"""Text that looks as if it identifies a child.

Detection is imperfect, and everything that uses it must say so: it knows a few numbers and ways
of writing a date of birth, and nothing of a child described in words. Numbers are found by
shape, spaces and hyphens allowed, and decided by their check digits.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

from stdnum.gb import nhs, upn


def looks_like_a_child(text: str) -> str | None:
    """Name the first reason to think that the text identifies a child, or None.

    Reasons: "nhs_number", "upn", "national_insurance", "birth_date", "child_age", "case_number".
    """
    plain = _plain(text)
    digits = sum(map(str.isdecimal, plain))
    return next((reason for reason, least, found in _SIGNS if digits >= least and found(plain)), None)


def _plain(text: str) -> str:
    """Undo wide digits, odd spaces and dashes, and letters that cannot be seen: ASCII has none of these."""
    if text.isascii():
        return text
    wide = unicodedata.normalize("NFKC", text)
    seen = "".join(letter for letter in wide if unicodedata.category(letter) != "Cf")
    return re.sub(r"[\u2010-\u2015\u2212]", "-", seen).replace("\u2019", "'")


# Numbers

_GAP = r"[ \t.-]{0,2}"
_NHS = re.compile(rf"(?<!\d)(?<!\d[.,])\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{4}}(?!\d)(?![.,]\d)", re.ASCII)
_LABELLED_NHS = re.compile(r"\bnhs\b\D{0,20}((?:\d[ \t.-]{0,2}){9}\d)(?!\d)", re.ASCII | re.IGNORECASE)
_ABROAD = re.compile(r"(?:\+\d{1,3}|\b0044)[ .-]?(?:\(0\))?[ .-]?\d[\d .-]{6,12}\d", re.ASCII)
_UPN = re.compile(
    rf"(?<![A-Za-z0-9])[A-Z](?:{_GAP}\d){{11}}{_GAP}[A-Z0-9](?![A-Za-z0-9])", re.IGNORECASE | re.ASCII
)
_NATIONAL_INSURANCE = re.compile(
    r"(?<![A-Za-z0-9])(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
    r"[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D](?![A-Za-z0-9])",
    re.IGNORECASE | re.ASCII,
)
_CASE_NUMBER = re.compile(
    r"\b(?:(?:child(?:'s)?|pupil(?:'s)?|case|client|service user|person|mosaic|lcs|liquid ?logic|carefirst)"
    r"[ \t]*(?:id|number|num|no\b\.?|ref(?:erence)?\b\.?|#)|(?:mosaic|lcs|liquid ?logic|carefirst|uln)\b)"
    r"(?:[ \t]*(?:number|is|was|=|:|#|-))?[ \t]*"
    r"[A-Z]{0,3}[-/]?\d{5,12}(?![\d/-])",
    re.IGNORECASE | re.ASCII,
)


def _has_nhs_number(text: str) -> bool:
    domestic = _ABROAD.sub(" ", text)
    found = [*_NHS.findall(domestic), *_LABELLED_NHS.findall(text)]
    return any(nhs.is_valid(_digits(number)) for number in found)


def _has_upn(text: str) -> bool:
    """The check letter decides alone: the library's list of authorities lacks the newest ones."""
    return any(upn.calc_check_digit(number[1:]) == number[0] for number in _upn_candidates(text))


def _upn_candidates(text: str) -> Iterator[str]:
    compact = (re.sub(r"[^A-Z0-9]", "", found.upper()) for found in _UPN.findall(text))
    return (number for number in compact if number[-1] not in "IOS")


def _has_national_insurance_number(text: str) -> bool:
    return _NATIONAL_INSURANCE.search(text) is not None


def _has_case_number(text: str) -> bool:
    return _CASE_NUMBER.search(text) is not None


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


# Dates of birth

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_YEAR = r"(?:'?\d{2}|(?:19|20)\d{2})(?!\d)"
_DATE = (
    rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?!\d)"
    rf"|\d{{1,2}}[ ]?[-/.][ ]?\d{{1,2}}[ ]?[-/.][ ]?{_YEAR}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ -](?:of[ ])?{_MONTH},?[ -]{_YEAR}"
    rf"|{_MONTH}[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ]{_YEAR})"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
_BETWEEN = rf"[\s:;=,(\[*_-]{{0,4}}(?:(?:is|was|on)\s+)?{_WEEKDAY}"
_LABEL = r"(?<![a-z])(?:d\.?[ ]?o\.?[ ]?b\b\.?|date[ ]of[ ]birth\b|birth[ ]?-?date\b|birthday\b)"
_LABELLED = re.compile(_LABEL, re.IGNORECASE | re.ASCII)
_LABELLED_DATE = re.compile(rf"{_LABEL}{_BETWEEN}(?:{_DATE}|\d{{8}}(?!\d))", re.IGNORECASE | re.ASCII)
_DATE_LABELLED = re.compile(
    rf"{_DATE}[\s,(\[-]{{1,3}}{_LABEL}[\s)\].,;]{{0,3}}(?:$|(?<=[)\].,;\n]))", re.IGNORECASE | re.ASCII
)
_BORN = re.compile(
    rf"\b(?<!-)born\b{_BETWEEN}{_DATE}(?!\s{{0,3}}(?:to|until|and|or|-)\s{{0,3}}(?:the\s+)?\d)", re.IGNORECASE
)
_AGED = re.compile(
    rf"(?-i:\b[A-Z][^\W\d_]+)(?:'s)?[\s,(]{{1,3}}(?:is\s+)?aged?\s+\d{{1,2}}[\s,;:(\[-]{{1,3}}{_DATE}",
    re.IGNORECASE,
)
_WHO = re.compile(r"([^\W\d_]+)'?[\s,(-]{0,3}(?:(?:was|is|were|are)\s+)?$", re.IGNORECASE)
_GROUPS = """
    a academy all any babies both board boys centre charity children cohort council everybody everyone
    federation first forum girls group hub initiative leavers mash network organisation panel partnership
    peers people plan policy practice programme project pupils scheme school service services strategy
    students team the these those trust unit who young youngsters under year years
"""
_NOT_ONE_CHILD = frozenset(_GROUPS.split())


def _has_birth_date(text: str) -> bool:
    if _LABELLED.search(text) and (_LABELLED_DATE.search(text) or _DATE_LABELLED.search(text)):
        return True
    return any(who.casefold() not in _NOT_ONE_CHILD for who in (*_born(text), *_aged(text)))


def _born(text: str) -> Iterator[str]:
    """The word that says who, before each "born" with a date; empty when there is none."""
    for found in _BORN.finditer(text):
        who = _WHO.search(text, max(0, found.start() - 30), found.start())
        yield who[1] if who else ""


def _aged(text: str) -> Iterator[str]:
    return (re.split(r"\W", found[0])[0] for found in _AGED.finditer(text))


# A name with a child's age beside it

_ADULT = 18
_NAME = r"(?-i:\b[A-Z][^\W\d_]+(?:\s+[A-Z][^\W\d_]+)?)"
_NAME_AND_AGE = (
    re.compile(
        rf"({_NAME})(?:'s)?,?\s+(?:is\s+|was\s+)?aged?\s+(\d{{1,2}})\b(?!\s*(?:-|to|and|or)\s*\d)",
        re.IGNORECASE,
    ),
    re.compile(rf"({_NAME}),?\s+(?:is\s+|was\s+)?(?:an?\s+)?(\d{{1,2}})[ -]years?[ -]old\b", re.IGNORECASE),
    re.compile(rf"(\d{{1,2}})[ -]years?[ -]old\s+({_NAME})", re.IGNORECASE),
)


def _has_child_age(text: str) -> bool:
    found = (match.groups() for pattern in _NAME_AND_AGE for match in pattern.finditer(text))
    return any(_is_one_child(*(pair if pair[1].isdigit() else pair[::-1])) for pair in found)


def _is_one_child(name: str, age: str) -> bool:
    words = {word.casefold() for word in name.split()}
    return int(age) < _ADULT and not words & _NOT_ONE_CHILD


_SIGNS: tuple[tuple[str, int, Callable[[str], bool]], ...] = (
    ("nhs_number", 10, _has_nhs_number),
    ("upn", 11, _has_upn),
    ("national_insurance", 6, _has_national_insurance_number),
    ("birth_date", 3, _has_birth_date),
    ("child_age", 1, _has_child_age),
    ("case_number", 5, _has_case_number),
)
"""Each with the least number of digits that it takes: what has fewer is not looked through."""
