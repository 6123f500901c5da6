"""What docs/security.md tells an officer to do by hand does what it says."""

import re
import sqlite3
from pathlib import Path

from bot.rehearsal import Rehearsal, room_desk
from bot.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
ERASES, AUDIT = re.findall(r"^ *```sql\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)
KEPT = ("scoping_answer", "key_line", "room", "task")


async def test_challenge_erased_by_hand_leaves_nothing_of_it_but_audit_lines(tmp_path):
    rehearsal = Rehearsal(tmp_path, room_desk(Settings()))
    async with rehearsal.running():
        await rehearsal.start("preparation")
    rehearsal.close()

    database = sqlite3.connect(tmp_path / "critical-friend.sqlite3")
    counted = {table: _count(database, table) for table in KEPT}
    audit = database.execute(AUDIT).fetchall()
    assert min(counted.values()) > 0
    assert (audit[1][1:3], len(audit) > 40) == (("Jo Baker", "new"), True)

    database.executescript(ERASES)
    left = {table: _count(database, table) for table in KEPT}
    assert left == {"scoping_answer": 0, "key_line": 0, "room": 1, "task": 0}  # the programme's own room
    assert _count(database, "outgoing", "challenge_id IS NOT NULL") == 0
    assert _count(database, "heard", "answer IS NOT NULL") == 0
    assert len(database.execute(AUDIT).fetchall()) == len(audit)
    database.close()


def _count(database, table, where="1"):
    [(found,)] = database.execute(f"SELECT count(*) FROM {table} WHERE {where}")  # noqa: S608 - ours
    return found
