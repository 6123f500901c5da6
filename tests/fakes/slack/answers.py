"""What the app answered to an act, as Slack takes it: shown, refused, or ignored."""

from dataclasses import dataclass
from typing import Any

from tests.fakes.slack import blocks, posts, refusals, views
from tests.fakes.slack.app import App
from tests.fakes.slack.call import Refuse
from tests.fakes.slack.triggers import ResponseUrl
from tests.fakes.slack.users import SLACKBOT
from tests.fakes.slack.views import View
from tests.fakes.slack.workspace import Json, Workspace

TROUBLE = {
    "http_timeout": "operation_timeout",
    "connection_failed": "dispatch_failed",
    "http_error": "http_service_error",
}
"""What a person is told of a delivery that failed."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Takes the app's answers. `mistakes` collects those that Slack would not understand."""

    workspace: Workspace
    app: App
    mistakes: list[str]

    def to_command(self, command: str, user: str, channel: str, body: Any) -> None:
        """Show the body of the response to a slash command: to one person, or in the channel."""
        if body in (None, "", {}):
            return
        said = {"text": body} if isinstance(body, str) else body
        try:
            self._show(said, user, channel)
        except Refuse as refused:
            self.mistakes.append(f"response to {command}: {refused.answer}")
            self.failed(command, user, channel, "invalid_command_response")

    def failed(self, command: str, user: str, channel: str, error: str) -> None:
        """Slackbot says that a command did not work."""
        text = f'{command} failed with the error "{error}"'
        posts.put(self.workspace, self.workspace.channels[channel], SLACKBOT, {"text": text}, only_for=user)

    def to_response_url(self, url: ResponseUrl, said: Json) -> None:
        """Show what was sent to a response_url; of a command there is no original. Raises Refuse."""
        if url.source and said.get("delete_original"):
            self._delete(self._source(url))
        elif url.source and said.get("replace_original"):
            self._replace(self._source(url), said)
        else:
            self._show(said, url.user, url.channel)
        url.uses += 1

    def to_form(self, view: View, body: Any) -> str | None:
        """Do what the response to a submission says. What Slack shows instead when it makes no sense."""
        if body in (None, "", {}):
            self._close(view)
            return None
        problem = self._act_on_form(view, body) if isinstance(body, dict) else "no JSON object"
        if problem:
            self.mistakes.append(f"response to a submission: {problem}: {body}")
        return problem

    def _act_on_form(self, view: View, body: Json) -> str | None:
        action = body.get("response_action")
        if action == "errors":
            return self._errors(view, body.get("errors"))
        if action == "clear":
            for one in views.open_for(self.workspace, view.user):
                one.closed = True
            return None
        if action not in {"update", "push"}:
            return "unknown response_action"
        try:
            shown = blocks.check_view(body.get("view"), "modal")
        except Refuse as refused:
            return str(refused.answer)
        if action == "update":
            views.change(self.workspace, view, shown)
        elif len(views.open_for(self.workspace, view.user)) >= views.MOST:
            return "push_limit_reached"
        else:
            views.put(self.workspace, view.user, shown, on_top=True)
        return None

    def _errors(self, view: View, errors: Any) -> str | None:
        if not isinstance(errors, dict) or not errors:
            return "errors are missing"
        strange = set(errors) - set(refusals.inputs(view.body))
        if strange:
            return f"no input block is called {sorted(strange)}"
        if not all(isinstance(text, str) and text for text in errors.values()):
            return "an error is a text"
        views.fail(self.workspace, view, errors)
        return None

    def _close(self, view: View) -> None:
        """A submission that is taken closes its view; with one below, that one is on top again."""
        view.closed = True
        self.workspace.changed()

    def _show(self, said: Json, user: str, channel: str) -> None:
        shown = {name: said[name] for name in ("text", "blocks") if said.get(name)}
        blocks.check_message(shown.get("text", ""), shown.get("blocks"), silent=False)
        if "blocks" in shown:
            shown["blocks"] = blocks.with_ids(shown["blocks"])
        only_for = None if said.get("response_type") == "in_channel" else user
        place = self.workspace.channels[channel]
        posts.put(self.workspace, place, self.app.bot.id, shown, only_for=only_for)

    def _source(self, url: ResponseUrl) -> posts.Post | None:
        for post in self.workspace.posts:
            same = (post.channel, post.ts, post.only_for) == (url.channel, url.source, url.source_only_for)
            if same and post.deleted is None:
                return post
        return None

    def _replace(self, source: posts.Post | None, said: Json) -> None:
        if source is None:
            raise Refuse("message_not_found")
        shown = {"text": said.get("text", ""), "blocks": said.get("blocks") or []}
        blocks.check_message(shown["text"], shown["blocks"], silent=False)
        shown["blocks"] = blocks.with_ids(shown["blocks"])
        posts.change(self.workspace, self.workspace.channels[source.channel], source, shown)

    def _delete(self, source: posts.Post | None) -> None:
        if source is None:
            raise Refuse("message_not_found")
        posts.remove(self.workspace, self.workspace.channels[source.channel], source)
