"""Somebody's home in Slack: shown when it is opened, kept up, and answered in the direct conversation."""


def _home(slack, user):
    return slack.peer.home(user)


async def _rested(slack):
    """Everything is delivered, and homes may be drawn again."""
    await slack.deliver()
    slack.house.clock.wait(5)
    await slack.deliver()


async def test_home_is_shown_and_kept_up(slack):
    slack.house.says("Jo", "ready in exampleshire")
    await slack.peer.open_home(slack.helen)
    await _rested(slack)
    before = _home(slack, slack.helen)
    await slack.peer.say(slack.jo, slack.peer.direct(slack.jo), 'task helen "say who speaks" by 10 jul')
    await _rested(slack)
    after = _home(slack, slack.helen)

    assert "The scoping questions: 0 of 8 answered." in before.plain
    assert "say who speaks, Friday 10 July" not in before.plain
    assert "say who speaks, Friday 10 July" in after.plain


async def test_button_of_a_home_is_answered_in_the_direct_conversation_and_the_home_follows(slack):
    slack.house.says("Jo", "ready in exampleshire")
    slack.house.says("Jo", 'task helen "say who speaks" by 10 jul in exampleshire')
    await slack.peer.open_home(slack.helen)
    await _rested(slack)
    [done] = [control for control in _home(slack, slack.helen).controls if control.label.startswith("Done")]
    await slack.peer.press(slack.helen, _home(slack, slack.helen), done.label)
    await _rested(slack)

    told = [shown.plain for shown in slack.of_the_bot(slack.helen, slack.peer.direct(slack.helen))]
    assert any("say who speaks: done" in text for text in told)
    assert "say who speaks" not in _home(slack, slack.helen).plain


async def test_home_of_somebody_who_stood_down_says_nothing_more(slack):
    slack.house.says("Jo", "ready in exampleshire")
    await slack.peer.open_home(slack.ruth)
    await _rested(slack)
    before = _home(slack, slack.ruth).plain
    await slack.peer.say(slack.jo, slack.peer.direct(slack.jo), "stand down ruth")
    await _rested(slack)

    assert "Exampleshire" in before
    assert "Exampleshire" not in _home(slack, slack.ruth).plain
