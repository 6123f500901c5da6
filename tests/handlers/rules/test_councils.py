import pytest

from handlers.rules import councils


@pytest.mark.parametrize(
    ("council", "short"),
    [
        ("Exampleshire County Council", "Exampleshire"),
        ("exampleshire county council", "exampleshire"),
        ("Borough of Northmere", "Northmere"),
        ("London Borough of Wexborough", "Wexborough"),
        ("Royal Borough of Saltmarsh and Dunford", "Saltmarsh and Dunford"),
        ("Dunford MBC", "Dunford"),
        ("Exampleshire", "Exampleshire"),
    ],
)
def test_short_name_leaves_out_the_kind_of_council(council, short):
    assert councils.short_name(council) == short


def test_same_council_whatever_words_and_capitals():
    assert councils.same_council("Exampleshire", "exampleshire county council")
    assert councils.same_council("Borough of Northmere", "Northmere Borough Council")
    assert not councils.same_council("Northmere", "Northmere Green")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Dana@Saltmarsh.example", "dana@saltmarsh.example"),
        (" <dana.o'neil@children.saltmarsh.example> ", "dana.o'neil@children.saltmarsh.example"),
        ("mailto:dana@saltmarsh.example", "dana@saltmarsh.example"),
        ("dana", None),
        ("dana@saltmarsh", None),
        ("dana reed@saltmarsh.example", None),
        ("dana@@saltmarsh.example", None),
        ("@saltmarsh.example", None),
        ("", None),
        ("x" * 300 + "@saltmarsh.example", None),
    ],
)
def test_email_address_is_read_as_typed_or_pasted(typed, address):
    assert councils.email_address(typed) == address


def test_domains_of_an_address_go_up_but_not_to_the_top():
    assert list(councils.domains_of("a@children.northmere.example")) == [
        "children.northmere.example",
        "northmere.example",
    ]


def test_tells_employer_not_for_shared_domains():
    assert councils.tells_employer("saltmarsh.example")
    assert not councils.tells_employer("Gmail.com")
