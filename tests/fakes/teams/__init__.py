"""A strict local Teams on loopback: it behaves as documented, refuses what Teams refuses, and remembers.

    async with Peer() as peer:
        jo = peer.add_person("Jo Baker", email="jo@programme.example")
        helen = peer.add_person("Helen Marsh", email="helen@northmere.example", guest=True)  # B2B, #EXT#
        peer.add_person("Sam", email="sam@else.example", tenant=ELSEWHERE)      # federated outsider
        peer.add_person("Anon (Guest)", anonymous=True)
        house = peer.add_team("Peer challenges", jo, helen)    # peer.general(house): its first channel
        team = peer.add_channel(house, "Northmere team")       # or private=True, with members of its own
        chat = peer.add_chat("Northmere sponsors", jo, helen)
        ... start the bot: peer.app.id, .password, .tenant, .bot ("28:…"); peer.base is the login
            endpoint (MSAL: an http client that brings every address here by its path alone),
            peer.metadata_url the OpenID document, peer.issuer, peer.scope, peer.service_url ...
        peer.serve("https://bot.example/api/messages", asgi_app)     # or a real address alone
        await peer.install(jo)                                       # the app in jo's personal chat
        await peer.install_in(house, by=jo); await peer.install_in(chat, by=jo)

The bot may write to whoever installed it or is in a team or chat where it is, and where it is in.
Otherwise 403 (ForbiddenOperationException: never installed; BotNotInConversationRoster: taken away;
blocked: {"errorCode": 209, "message": "{… \"subCode\": \"MessageWritesBlocked\" …}"}; team archived:
NotEnoughPermissions) or 404 (ConversationNotFound, ActivityNotFoundInConversation,
MemberNotFoundInConversation).

People act (`doing.py`); each call returns an `Act` once the bot has answered, or Teams gave up:

    await peer.say(jo, peer.direct(jo), "help")              # personal chat
    await peer.say(jo, team, "@Critical Friend help")        # begins a thread; unmentioned, nothing is heard
    await peer.say(jo, team, "@Critical Friend and now?", thread=shown)     # in the thread of a Shown
    await peer.press(jo, peer.messages(jo)[-1], "Agree")     # Action.Execute; old_client=True: Action.Submit
    await peer.press(jo, shown, "Open: Nominate")            # task/fetch, where the button says so
    await peer.submit(jo, {"text": "Is it?", "By when": "2026-11-09", "lead": helen})   # the dialog; a
                                                             # Person is picked, a text is written down
    await peer.press(jo, peer.form(jo), "Agree")             # a button within the dialog: task/submit too
    await peer.close(jo); await peer.edit(jo, shown, "…"); await peer.react(jo, shown)
    await peer.invoke(jo, peer.direct(jo), "composeExtension/query", {})    # any other invoke

and things happen (`happening.py`), each told to the bot as Teams tells it:

    await peer.install / uninstall (jo); peer.block(jo)      # a block is told to nobody
    await peer.install_in / remove_from (house or chat or private channel, by=jo)
    await peer.join / leave (helen, house or chat or private channel, by=jo)
    await peer.open_channel(jo, house, "Name"); peer.rename / delete / restore (jo, team_or_channel)
    await peer.archive / unarchive (jo, house)
    helen = await peer.change(helen, email=…, name=…)        # no bot is told
    peer.forget(conversation)                                # gone, without a word

`Act.trouble` is what went wrong for the person ("timeout", "http_500", "unreachable", "nonsense"),
`Act.deliveries[0]` has status and body of the bot's answer. `Cannot` is raised for what Teams' own
client does not let somebody do.

What anybody sees (`seeing.py`), none of it private to the bot:

    peer.messages(jo, team)      # Shown: id, place, thread, author, plain, cards, controls, labels,
                                 # edited, mentions, formatted (what Teams reads as Markdown)
    peer.plain(jo), peer.plain(jo, team)                     # the bot's words only
    peer.form(jo)                # Screen: title, plain, fields, controls, card; a mere text has no card
    peer.toasts(jo)              # texts of answers to Action.Execute
    since = peer.sequence; ...; peer.appeared(jo, since)     # Item: kind, place, author, plain, message
    peer.calls, peer.called("send")                          # Called: method, conversation, body, error
    peer.tokens.given; peer.called("login"), peer.called("keys")

Teams' own keys and clock, and requests made by hand:

    peer.keys.rotate(keep=False); peer.later(seconds=3600); peer.revoke(); peer.tokens.seconds = 60
    peer.activity(jo, place, text="…", serviceUrl=…)         # a message's JSON, with other parts
    await peer.post(activity)    # an httpx.Response; other claims: aud=…, iss=…, exp=…, serviceurl=None
    await peer.post(activity, headers={…}); Peer(emulator=True)             # signs nothing, wants no token
    peer.deliverer.headers(activity); peer.keys.sign(claims, key=peer.keys.stray())

Unkindness (`unkind.py`), for so many calls of one method, or of all, where `when` agrees:

    peer.unkind.too_many("send", seconds=30)                 # 429 with Retry-After
    peer.unkind.strict("send", seconds=2, place=lambda args: args["conversation"], wall=clock.wall)
    peer.unkind.status("update", status=412)                 # 500, 502, 503, 504
    peer.unkind.refuse("send", status=403, code="BotDisabledByAdmin")
    peer.unkind.drop_after / drop_before / slow / token_refused / login_down
    peer.unkind.redeliver("message", copies=2, during=True); .late(…); .unheard("message"); .stop()
    peer.unkind.redeliver("invoke", another_id=True)         # as Teams repeats what was not answered
    peer.tenancy.switches.longest_page = 2                   # of a roster

An activity, card or invoke response that Teams would not understand, a token that was never given
out, an unknown address, or an invoke that is not answered within `Peer(patience=5)` seconds makes
the test fail at the end of `async with`: see `peer.mistakes`, which a test may clear.
"""

from tests.fakes.chat import Cannot, Item
from tests.fakes.teams.app import NAME
from tests.fakes.teams.call import Called
from tests.fakes.teams.conversations import Conversation, Team
from tests.fakes.teams.delivering import Delivery
from tests.fakes.teams.doing import Act
from tests.fakes.teams.peer import Peer
from tests.fakes.teams.people import Person
from tests.fakes.teams.shown import Control, Screen, Shown

ELSEWHERE = "2b7c1c1e-90f4-4f0c-8f57-5f0f0a3c7d02"
"""The tenant of people who are not of the peer's own."""

__all__ = [
    "ELSEWHERE",
    "NAME",
    "Act",
    "Called",
    "Cannot",
    "Control",
    "Conversation",
    "Delivery",
    "Item",
    "Peer",
    "Person",
    "Screen",
    "Shown",
    "Team",
]
