"""The dialog before somebody (once "task module"): one at a time, with a card or a mere text."""

from dataclasses import dataclass, field

from tests.fakes.teams.tenancy import Json, Tenancy


@dataclass(kw_only=True)
class Dialog:
    """`shown` holds each state that was seen, with its number; `source` is the message it was opened on."""

    person: str
    conversation: str
    source: str
    shown: list[tuple[int, Json]] = field(default_factory=list)
    closed: bool = False

    @property
    def newest(self) -> Json:
        """The title and card, or the text, that it shows now."""
        return self.shown[-1][1]


def before(tenancy: Tenancy, person: str) -> Dialog | None:
    """The dialog that is open before somebody."""
    for dialog in reversed(tenancy.dialogs):
        if dialog.person == person and not dialog.closed:
            return dialog
    return None


def show(tenancy: Tenancy, dialog: Dialog, value: Json) -> None:
    """Show something in a dialog, which is open then and takes the place of any other."""
    other = before(tenancy, dialog.person)
    if other is not None and other is not dialog:
        other.closed = True
    if dialog not in tenancy.dialogs:
        tenancy.dialogs.append(dialog)
    dialog.shown.append((tenancy.changed(), value))


def close(tenancy: Tenancy, dialog: Dialog) -> None:
    """Take a dialog away."""
    dialog.closed = True
    tenancy.changed()
