"""files.*: a file is announced, its bytes are sent, and it is shared where people can see it."""

from tests.fakes.slack import posts
from tests.fakes.slack.call import Call, Refuse
from tests.fakes.slack.workspace import Json


def upload_url(call: Call) -> Json:
    """files.getUploadURLExternal"""
    length = call.needed("length")
    if not length.isdecimal() or not int(length):
        raise Refuse("invalid_arguments")
    file = call.workspace.id("F")
    call.workspace.files[file] = {
        "id": file, "name": call.needed("filename"), "length": int(length), "content": None, "shared": []
    }  # fmt: skip
    return {"upload_url": f"{call.base}/upload/{file}", "file_id": file}


def complete(call: Call) -> Json:
    """files.completeUploadExternal"""
    found = [_complete(call, one) for one in call.json("files") or ()]
    if not found:
        raise Refuse("invalid_arguments")
    if call.args.get("channel_id"):
        channel = call.channel(name="channel_id")
        if call.me not in channel.members:
            raise Refuse("not_in_channel")
        if channel.archived:
            raise Refuse("is_archived")
        shown = [{"id": file["id"], "name": file["name"], "title": file["title"]} for file in found]
        post = posts.put(
            call.workspace, channel, call.me, {"text": call.text("initial_comment")}, files=shown
        )
        for file in found:
            file["shared"].append((channel.id, post.ts))
    return {"files": [{"id": file["id"], "title": file["title"], "name": file["name"]} for file in found]}


def _complete(call: Call, wanted: Json) -> Json:
    file: Json | None = call.workspace.files.get(wanted.get("id", ""))
    if file is None:
        raise Refuse("file_not_found")
    if file["content"] is None:
        raise Refuse("file_update_failed")
    file["title"] = wanted.get("title") or file["name"]
    return file
