"""Activities as Teams sends them, for tests that need no Teams."""

TENANT = "6f0e5a52-0c3e-4d6a-9b67-1d0c5f2e9a01"
APP = "28:b1f0a0d6-0000-4000-8000-000000000001"
SERVICE = "https://smba.trafficmanager.net/uk/"
JO = {"id": "29:jo", "name": "Jo Baker", "aadObjectId": "11111111-0000-4000-8000-000000000001"}

CHAT = {"id": "a:1jo", "conversationType": "personal", "tenantId": TENANT}
GROUP = {"id": "19:group@thread.v2", "conversationType": "groupChat", "isGroup": True, "tenantId": TENANT}
THREAD = {
    "id": "19:channel@thread.tacv2;messageid=1700000000000", "conversationType": "channel", "isGroup": True,
    "tenantId": TENANT,
}  # fmt: skip
IN_CHANNEL = {
    "tenant": {"id": TENANT}, "team": {"id": "19:team@thread.tacv2"},
    "channel": {"id": "19:channel@thread.tacv2"},
}  # fmt: skip


def activity(**of):
    """A message in Jo's personal chat, with other parts; None leaves one out."""
    usual = {
        "type": "message", "id": "1700000000001", "channelId": "msteams", "serviceUrl": SERVICE,
        "from": JO, "recipient": {"id": APP, "name": "Critical Friend"}, "conversation": CHAT,
        "channelData": {"tenant": {"id": TENANT}}, "text": "help",
    }  # fmt: skip
    return {name: value for name, value in (usual | of).items() if value is not None}


def in_channel(**of):
    """A message in a thread of a channel."""
    return activity(**{"conversation": THREAD, "channelData": IN_CHANNEL, **of})


def mention(user=APP, name="Critical Friend"):
    """An entity that mentions somebody."""
    return {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": user, "name": name}}


def invoke(name, value, **of):
    """An invoke."""
    return activity(**{"type": "invoke", "id": "f:1", "name": name, "text": None, "value": value, **of})
