"""What is counted while the bot serves, for Prometheus: never who, which challenge, or what was typed.

A phrase is one of the contents page. What stands in the database is counted when it is asked for: see
`bot.figures`.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

PREFIX: Final = "critical_friend"
REGISTRY: Final = CollectorRegistry()
ProcessCollector(namespace=PREFIX, registry=REGISTRY)

_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

ACTS: Final = Counter(
    f"{PREFIX}_commands", "What people did, by its command and what came of it.",
    ["surface", "phrase", "outcome"], registry=REGISTRY,
)  # fmt: skip
ACT_SECONDS: Final = Histogram(
    f"{PREFIX}_command_seconds", "From hearing what somebody did to having it saved, with its answer.",
    ["surface", "outcome"], buckets=_QUICK, registry=REGISTRY,
)  # fmt: skip
CALL_SECONDS: Final = Histogram(
    f"{PREFIX}_call_seconds", "Calls to a chat, by what was asked of it and what came of that.",
    ["surface", "op", "outcome"], buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30), registry=REGISTRY,
)  # fmt: skip
TICK_SECONDS: Final = Histogram(
    f"{PREFIX}_tick_seconds", "One look for what is due, until nothing more is.",
    ["tick"], buckets=(0.01, 0.05, 0.25, 1, 2.5, 5, 15, 60, 300), registry=REGISTRY,
)  # fmt: skip
MISTAKES: Final = Counter(
    f"{PREFIX}_mistakes", "Lines of the log that tell of a mistake, by their event.", ["event"],
    registry=REGISTRY,
)  # fmt: skip
MESSAGES: Final = Gauge(
    f"{PREFIX}_messages", "Messages and moves that are not settled yet, or never can be, by their state.",
    ["surface", "state"], registry=REGISTRY,
)  # fmt: skip
OLDEST_SECONDS: Final = Gauge(
    f"{PREFIX}_oldest_message_seconds", "For how long what a chat should have by now has waited.",
    ["surface"], registry=REGISTRY,
)  # fmt: skip
SILENT: Final = Gauge(
    f"{PREFIX}_chat_silent", "1 while a chat lets the bot neither hear nor speak.", ["surface"],
    registry=REGISTRY,
)  # fmt: skip
READY: Final = Gauge(f"{PREFIX}_ready", "1 while /readyz answers 200.", registry=REGISTRY)
