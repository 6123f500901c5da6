"""What a process weighs, and has cost so far."""

import os
from pathlib import Path


def resident(process: int) -> float:
    """Megabytes of memory that a process has, by Linux's account."""
    told = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    [line] = [line for line in told.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024


def processor(process: int) -> float:
    """Seconds of a processor that a process has used, whatever else the machine did."""
    told = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
