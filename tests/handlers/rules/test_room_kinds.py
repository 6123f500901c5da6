import pytest

from handlers.rules.room_kinds import kind_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("team room", "team"),
        ("the peer team room.", "team"),
        ("Team", "team"),
        ("the council's room", "council"),
        ("the council\u2019s room", "council"),
        ("council channel", "council"),
        ("liaison", "liaison"),
        ("our programme  room!", "programme"),
        ("program room", "programme"),
        ("", None),
        ("a playground", None),
        ("direct", None),
        ("team of helen", None),
    ],
)
def test_words_name_a_kind_of_room_or_none(text, kind):
    assert kind_of(text) == kind
