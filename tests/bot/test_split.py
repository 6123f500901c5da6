from hypothesis import given
from hypothesis import strategies as st

from bot.letters import drawable
from bot.split import Scale, as_list, cut_runs, in_full, lines, packed, parts
from handlers.message import Bullets, Divider, Paragraph, Run, Table
from handlers.words import letters
from tests.drawn import assert_holds
from tests.hostile import blocks, card, quick, runs


def _run(text):
    return (Run(text),)


def _letters(part):
    if isinstance(part, Bullets):
        return "".join(map(letters, part.items))
    return "" if isinstance(part, Divider) else letters(part.runs)


@quick
@given(runs, st.integers(10, 300))
def test_cut_runs_any_runs_keep_letters_and_styles(some, most):
    pieces = cut_runs(some, Scale(most=most))

    assert [(s, r.strong, r.emphasis, r.code, r.link) for p in pieces for r in p for s in r.text] == [
        (s, r.strong, r.emphasis, r.code, r.link) for r in some for s in r.text
    ]
    assert all(len(letters(piece)) <= most for piece in pieces)


@quick
@given(blocks)
def test_parts_any_block_keeps_its_words(block):
    drawn = drawable("".join(map(_letters, parts(block, Scale(most=400)))))

    assert_holds(drawn, card(block))


def test_parts_long_numbered_list_keeps_its_numbers():
    block = Bullets((_run("one"), _run("two"), _run("three")), ordered=True)

    assert parts(block, Scale(most=9)) == (
        Paragraph((Run("1. "), Run("one"), Run("\n"))),
        Paragraph((Run("2. "), Run("two"), Run("\n"))),
        Paragraph((Run("3. "), Run("three"))),
    )


def test_parts_long_list_becomes_several_lists():
    block = Bullets((_run("one"), _run("two"), _run("three")))

    assert parts(block, Scale(most=6)) == (Bullets((_run("one"), _run("two"))), Bullets((_run("three"),)))


def test_as_list_table_names_each_cell_by_its_column():
    table = Table((_run("Who"), _run("When")), ((_run("Dana"), _run("Monday")), (_run("Sam"), ())))
    who, when = Run("Who", strong=True), Run("When", strong=True)

    assert as_list(table) == Bullets(
        (
            (who, Run(": "), Run("Dana"), Run("; "), when, Run(": "), Run("Monday")),
            (who, Run(": "), Run("Sam"), Run("; "), when, Run(": "), Run("–")),
        )
    )


def test_in_full_short_labels_say_nothing():
    assert in_full(["Agree", "Hold"], 75) == ()


def test_lines_run_with_new_lines_keeps_its_style():
    assert lines((Run("a\n\nb", strong=True), Run("c"))) == (
        (Run("a", strong=True),),
        (),
        (Run("b", strong=True), Run("c")),
    )


def test_packed_items_fill_each_group_to_the_tightest_measure():
    assert packed([4, 4, 4, 9, 1], lambda size: (1, size), (2, 9)) == [[4, 4], [4], [9], [1]]
