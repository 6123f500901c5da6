from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import nhs, upn

from handlers.rules.screening import looks_like_a_child

# What identifies a child


def _nhs_number(nine: str) -> str | None:
    return next((nine + digit for digit in "0123456789" if nhs.is_valid(nine + digit)), None)


nhs_numbers = st.from_regex(r"[0-9]{9}", fullmatch=True).map(_nhs_number).filter(bool).map(str)
upns = st.from_regex(r"[89][0-9]{11}", fullmatch=True).map(
    lambda twelve: upn.calc_check_digit(twelve) + twelve
)
birth_dates = st.dates(date(2001, 1, 1), date(2026, 12, 31))
names = st.sampled_from(["Jamie Smith", "Ella", "Zoë O'Neill", "Kai Ahmed-Jones", "jamie smith"])
date_shapes = st.sampled_from(
    ["{d.day}/{d.month}/{d.year}", "{d:%d/%m/%Y}", "{d:%d.%m.%y}", "{d.day} {d:%B} {d.year}", "{d:%Y-%m-%d}"]
)
birth_shapes = st.sampled_from(
    [
        "{name} born {day}",
        "{name}, born on {day}",
        "{name} ({name} was born {day})",
        "{name} DOB {day}",
        "{name}, d.o.b. {day}",
        "{name}: date of birth {day}",
        "{name}\u2019s birthday is {day}",
        "Date of birth: {day}",
    ]
)


@given(number=nhs_numbers, gap=st.sampled_from(["", " ", "-", " - ", "\u2013", "\u00a0", "."]))
def test_looks_like_a_child_with_an_nhs_number_is_found(number: str, gap: str) -> None:
    if len(gap) > 2:
        gap = gap.strip()
    text = f"Please look at {number[:3]}{gap}{number[3:6]}{gap}{number[6:]} before Thursday."
    assert looks_like_a_child(text) == "nhs_number"


@given(number=upns, gap=st.sampled_from(["", " ", "-"]))
def test_looks_like_a_child_with_a_upn_is_found(number: str, gap: str) -> None:
    text = f"pupil {gap.join([number[0], number[1:4], number[4:8], number[8:]])}, year 6"
    assert looks_like_a_child(text) == "upn"
    assert looks_like_a_child(text.lower()) == "upn"


@given(name=names, day=birth_dates, shape=date_shapes, sentence=birth_shapes)
def test_looks_like_a_child_with_a_date_of_birth_is_found(
    name: str, day: date, shape: str, sentence: str
) -> None:
    text = sentence.format(name=name, day=shape.format(d=day))
    assert looks_like_a_child(text) == "birth_date"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Jamie Smith born 3/4/2015", "birth_date"),
        ("DOB 03/04/2015", "birth_date"),
        ("DOB: 03042015", "birth_date"),
        ("Ella, d.o.b. 3 April 2014", "birth_date"),
        ("3/4/2015 (DOB)", "birth_date"),
        ("Ella aged 9 (3/4/2017)", "birth_date"),
        ("**DOB:** 3rd of April, 2015", "birth_date"),
        ("Twins born 3-4-15", "birth_date"),
        ("NHS no. 94 34 76 58 70", "nhs_number"),
        ("９４３４７６５８７０", "nhs_number"),  # noqa: RUF001 (wide digits, as pasted from elsewhere)
        ("943\u200b4765870", "nhs_number"),
        ("AB 12 34 56 C", "national_insurance"),
        ("Mosaic ID 1234567", "case_number"),
        ("case number: 123456", "case_number"),
        ("Pupil ref A/102345", "case_number"),
    ],
)
def test_looks_like_a_child_with_a_sign_names_the_reason(text: str, reason: str) -> None:
    assert looks_like_a_child(text) == reason


def test_looks_like_a_child_with_a_upn_of_a_new_authority_is_found() -> None:
    number = "940400126001"
    assert looks_like_a_child(upn.calc_check_digit(number) + number) == "upn"


# What does not

phone_numbers = st.one_of(
    st.from_regex(r"07[0-9]{3} [0-9]{6}", fullmatch=True),
    st.from_regex(r"07[0-9]{9}", fullmatch=True),
    st.from_regex(r"0[12][0-9] [0-9]{4} [0-9]{4}", fullmatch=True),
    st.from_regex(r"01[0-9]{3} [0-9]{6}", fullmatch=True),
    st.from_regex(r"\+44 ?7[0-9]{3} ?[0-9]{6}", fullmatch=True),
    st.from_regex(r"\+44 \(0\) ?7[0-9]{2} [0-9]{3} [0-9]{4}", fullmatch=True),
)


@given(number=phone_numbers)
def test_looks_like_a_child_with_a_telephone_number_finds_nothing(number: str) -> None:
    assert looks_like_a_child(f"Sam is on {number} all day.") is None


@given(first=birth_dates, second=birth_dates, shape=date_shapes)
def test_looks_like_a_child_with_meeting_dates_finds_nothing(first: date, second: date, shape: str) -> None:
    one, two = shape.format(d=first), shape.format(d=second)
    assert looks_like_a_child(f"Team call {one} 16:00, case review {two}; on site {one} to {two}.") is None


@given(number=nhs_numbers)
def test_looks_like_a_child_with_a_wrong_check_digit_finds_nothing(number: str) -> None:
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert looks_like_a_child(f"Reference {wrong}") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10-13 November",
        "25 files, 75 minutes each: about 31 hours",
        "staff notes from the 2pm group",
        "He was born in the region and came back to lead the service",
        "The hub was born on 1 April 2019 out of two services",
        "Babies born 1 April 2025 to 31 March 2026",
        "children born after 1 September 2015",
        "young people aged 16 to 18 on 31 March 2026",
        "Care leavers aged 18 (31/03/2026)",
        "new-born pathway 1/2/2024",
        "Is the date of birth recorded? 3/4 files had it. Please check by 20 October 2026.",
        "Never send an NHS number, UPN or date of birth.",
        "case review 20 October 2026, case 3 of 25, case list v2",
        "2026-11-10T12:30:00Z",
        "helen@exampleshire.example, room 4, step-free",
        "£1,234,567,890",
        "1234567 1234567 12 34 56 78 90",
        "Front door: 812 contacts, 403 referrals, 1,204 assessments in 6 months",
        "https://exampleshire.example/p/1762765200000100",
    ],
)
def test_looks_like_a_child_with_ordinary_words_finds_nothing(text: str) -> None:
    assert looks_like_a_child(text) is None


@given(text=st.text(max_size=300))
def test_looks_like_a_child_with_any_text_answers(text: str) -> None:
    assert looks_like_a_child(text) in {
        None,
        "nhs_number",
        "upn",
        "national_insurance",
        "birth_date",
        "case_number",
    }


@pytest.mark.parametrize(
    "text",
    ["Kayden aged 7 said his worker was kind", "Kayden, a 7-year-old boy", "Ella Smith is 14 years old"],
)
def test_name_with_a_childs_age_is_noticed(text):
    assert looks_like_a_child(text) == "child_age"


@pytest.mark.parametrize(
    "text",
    [
        "Children aged 7 wait longer",
        "Martin, aged 52, leads",
        "Young people aged 16-18",
        "Boys aged 10 to 12",
    ],
)
def test_age_of_a_group_or_of_a_grown_up_is_an_ordinary_word(text):
    assert looks_like_a_child(text) is None
