import pytest

from handlers.rules.lint import key_line_hints, note_hints, split_questions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Housing is inadequate", ["judgement_word", "grade"]),
        ("Recording was poor", ["judgement_word"]),
        ("The service requires improvement", ["grade"]),
        ("Partners rated it good", ["grade"]),
        ("RAG rating: amber", ["grade"]),
        ("I would give it 8 out of 10", ["grade"]),
    ],
)
def test_note_hints_with_a_judgement_are_given(text: str, expected: list[str]) -> None:
    assert note_hints(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Good practice: the morning meeting",
        "Strength: staff explain thresholds in the same way.",
        "8 out of 10 files had a plan",
        "The plan of 3/5/2026 is on the table",
        "Outstanding: learning plan, Sam",
        "Fragile, too early to say",
        "The improvement board meets monthly",
    ],
)
def test_note_hints_without_a_judgement_are_none(text: str) -> None:
    assert note_hints(text) == []


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        (
            "Are thresholds consistent and is early help working?",
            ["Are thresholds consistent?", "Is early help working?"],
        ),
        ("Is it used? How do we know?", ["Is it used?", "How do we know?"]),
        ("What do partners hear, and what would help?", ["What do partners hear?", "What would help?"]),
        ("Is it fair and quick?", ["Is it fair and quick?"]),
        (
            "How do staff explain what works and why they stay?",
            ["How do staff explain what works and why they stay?"],
        ),
        ("Do staff feel they can and should challenge?", ["Do staff feel they can and should challenge?"]),
        ("front door and care leavers", ["front door and care leavers"]),
        ("", [""]),
    ],
)
def test_split_questions_parts_what_is_two(text: str, questions: list[str]) -> None:
    assert split_questions(text) == questions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Are thresholds consistent and is early help working?", ["two_questions"]),
        ("How is everything going?", ["vague"]),
        ("Is support ready at 18?", []),
        (" ".join(["word"] * 36), ["long"]),
    ],
)
def test_key_line_hints_name_what_could_be_tighter(text: str, expected: list[str]) -> None:
    assert key_line_hints(text) == expected
