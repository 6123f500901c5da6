"""Where a card stands in Teams: the conversation, or the thread in it, and all its messages."""

from dataclasses import dataclass, replace

from bot.platform import Gone


@dataclass(frozen=True, kw_only=True)
class Address:
    """The messages of a card in order, written as the conversation and their ids with spaces between."""

    conversation: str
    messages: tuple[str, ...] = ()

    @classmethod
    def read(cls, address: str) -> "Address":
        """The address from its text. Raises Gone for what is none."""
        conversation, *messages = address.split(" ")
        if not messages:
            raise Gone("There is no such message.")
        return cls(conversation=conversation, messages=tuple(messages))

    def with_one_more(self, message: str) -> "Address":
        """The address of a card with another message at its end."""
        return replace(self, messages=(*self.messages, message))

    def __str__(self) -> str:
        return " ".join((self.conversation, *self.messages))
