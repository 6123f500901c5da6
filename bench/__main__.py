"""python -m bench: what the bot costs, beside the floor of its own libraries, measured in the same run.

Prints one table and writes bench/results.json. A target that is missed is shown, never failed on.
`python -m bench morning` measures that part alone, and writes nothing.
"""

import asyncio
import json
import os
import platform
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bench import morning, on_postgresql, over_http, starting, teams, ticking
from bench.table import Row, head
from bot import log

RESULTS = Path(__file__).parent / "results.json"

PARTS: dict[str, Callable[[], Awaitable[list[Row]]]] = {
    "starting": starting.rows,
    "http": over_http.rows,
    "postgresql": on_postgresql.rows,
    "teams": teams.rows,
    "ticking": ticking.rows,
    "morning": morning.rows,
}


async def main(parts: Sequence[str]) -> None:
    """Measure everything, print it and write it down."""
    log.configure()
    began, machine = time.perf_counter(), _machine()
    print(", ".join(f"{name}: {value}" for name, value in machine.items()))
    head()
    rows = [row for part in parts or PARTS for row in await PARTS[part]()]
    missed = [row.name for row in rows if row.met is False]
    print("The ratio is how many times the floor a thing costs; /s is so many a second, c= so many at once.")
    print(f"{time.perf_counter() - began:.0f} s. Missed: {', '.join(missed) or 'nothing'}.")
    if not parts:
        found = {"machine": machine, "rows": [row.told() for row in rows]}
        RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _machine() -> dict[str, str]:
    """What the figures depend on. Where others work on the machine too, they are too low."""
    load = os.getloadavg()[0]
    busy = f"{load:.1f}, others work here: the figures are too low" if load > 1 else f"{load:.1f}"
    return {"Python": platform.python_version(), "cores": str(os.cpu_count()), "load before": busy}


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
