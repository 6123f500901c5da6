"""What a process weighs."""

from pathlib import Path


def resident(process: int) -> float:
    """Megabytes of memory that a process has, by Linux's account."""
    told = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    [line] = [line for line in told.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024
