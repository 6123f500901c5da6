"""What everybody who does something in Teams needs: the tenancy, the way to the bot, and who is asking."""

from tests.fakes.teams import activities
from tests.fakes.teams.app import App
from tests.fakes.teams.conversations import Conversation
from tests.fakes.teams.delivering import Deliverer
from tests.fakes.teams.people import Person
from tests.fakes.teams.tenancy import Json, Tenancy


class Hands:
    """The beginnings of activities."""

    tenancy: Tenancy
    app: App
    deliverer: Deliverer

    @property
    def service_url(self) -> str:
        """Where the connector is."""
        raise NotImplementedError

    def _base(self, person: Person, place: Conversation, thread: str | None = None) -> Json:
        known = self.tenancy.people[person.id]
        return activities.base(self.tenancy, self.app, self.service_url, known, place, thread=thread)
