"""A strict local Slack on loopback: it behaves as documented, refuses what Slack refuses, and remembers.

    async with Peer(manifest=manifest) as peer:
        jo = peer.add_person("Jo Baker", email="jo@programme.example")
        team = peer.add_channel("team", jo)
        await peer.invite_app(team, by=jo)
        ... start the bot with peer.api_url, peer.app.bot_token, .app_token, .secret ...
        peer.serve("http://bot.example/slack/events", asgi_app)   # HTTP; or a real address alone
        await peer.sockets.connected()                            # or Socket Mode: as the manifest says

People act (`doing.py`); each call returns an `Act` once the app has answered, or Slack gave up:

    await peer.slash(jo, team, "kloe add Is it?")    # anywhere; the answer is shown as Slack would
    await peer.say(jo, team, "@Critical Friend help") # in a channel two events: message, app_mention
    await peer.say(jo, peer.direct(jo), "help")      # message.im
    await peer.press(jo, peer.messages(jo)[-1], "Agree")     # or peer.home(jo), peer.form(jo)
    await peer.submit(jo, {"text": "Is it?", "By when": "2026-11-09"})   # the form on top
    await peer.close(jo); await peer.open_home(jo)
    await peer.join / leave / remove_app / rename / archive / delete / change / deactivate / uninstall
    await peer.rest()                                # nothing is on its way to the bot any more

`Act.trouble` is what Slack told the person ("operation_timeout", "dispatch_failed", …). `Cannot` is
raised for what Slack's own client does not let somebody do.

What anybody sees (`seeing.py`), none of it private to the bot:

    peer.messages(jo, team)      # Shown: plain, text, blocks, controls, metadata, only_me, edited, pinned
    peer.plain(jo)               # the bot's words only
    peer.form(jo), peer.forms(jo), peer.home(jo)     # Screen: title, plain, fields, controls, errors
    since = peer.sequence; ...; peer.appeared(jo, since)   # Item: kind, place, author, plain, message
    peer.calls, peer.called("chat.postMessage")      # Called: method, args, error

Unkindness (`unkind.py`), for so many calls of one method, or of all:

    peer.unkind.too_many("chat.postMessage", seconds=30)
    peer.unkind.strict("chat.postMessage", seconds=1, place=lambda args: args["channel"], wall=clock.wall)
    peer.unkind.drop_after / drop_before / status / error / slow / answers_late
    peer.unkind.redeliver("events_api", copies=2, during=True); .late(...); .unheard(...); .stop()
    peer.revoke(); peer.later(seconds=4); await peer.sockets.disconnect("warning"); await peer.sockets.cut()
    peer.workspace.switches.bots_make_channels = False

A method that would list a whole workspace (users.list), or a response that Slack would not
understand, makes the test fail at the end of `async with`: see `peer.mistakes`.
"""

from tests.fakes.chat import Cannot, Item
from tests.fakes.slack.call import Refuse
from tests.fakes.slack.channels import Channel
from tests.fakes.slack.delivering import Delivery
from tests.fakes.slack.doing import COMMAND, Act
from tests.fakes.slack.peer import Peer
from tests.fakes.slack.server import Called
from tests.fakes.slack.shown import Control, Screen, Shown
from tests.fakes.slack.users import User

__all__ = [
    "COMMAND",
    "Act",
    "Called",
    "Cannot",
    "Channel",
    "Control",
    "Delivery",
    "Item",
    "Peer",
    "Refuse",
    "Screen",
    "Shown",
    "User",
]
