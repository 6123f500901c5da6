from handlers.rules.balance import Reserve, Span, gaps, over, reserves, uncovered


def test_gaps_name_only_roles_that_are_short():
    wanted = {"sponsor": Span(fewest=1), "peer": Span(fewest=3, most=4), "observer": Span(fewest=0)}
    assert gaps(wanted, {"sponsor": 1, "peer": 1}) == {"peer": 2}
    assert gaps(wanted, {}) == {"sponsor": 1, "peer": 3}


def test_over_only_where_there_is_a_most():
    assert over(Span(fewest=1, most=1), 2)
    assert not over(Span(fewest=1, most=1), 1)
    assert not over(Span(fewest=1), 9)


def test_uncovered_areas_share_no_word_with_anybodys_expertise():
    areas = ["Care leavers", "Front door", "Early help"]
    assert uncovered(areas, ["care leavers and housing", "early-help hubs"]) == ["Front door"]
    assert uncovered(areas, []) == areas
    assert uncovered(["Children in need"], ["children and families"]) == ["Children in need"]


def test_reserves_come_by_role_then_by_how_sure_they_are():
    amir = Reserve(id=1, role="peer", state="possibly")
    lucy = Reserve(id=2, role="peer", state="available")
    omar = Reserve(id=3, role="lead_peer", state="available")
    asked = Reserve(id=4, role="peer", state="asked")
    never = Reserve(id=5, role="peer", state="unavailable")
    assert reserves([amir, lucy, omar, asked, never], "peer") == [lucy, amir, omar]
    assert reserves([amir, lucy, omar, asked, never], "lead_peer") == [omar, lucy, amir]
