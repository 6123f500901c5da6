"""The kinds of values that shapes are made of, and what is said about a file that is wrong."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Role: TypeAlias = Literal[
    "sponsor",
    "organiser",
    "director",
    "lead_peer",
    "peer",
    "lead_member_peer",
    "challenge_manager",
    "coordinator",
    "programme_manager",
    "principal_adviser",
    "improvement_adviser",
    "observer",
    "invited",
    "summary_reader",
]

Key: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name in lower case, digits and underscores, as in a file's name."""

Text: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Whole: TypeAlias = Annotated[int, Field(strict=True)]
Count: TypeAlias = Annotated[int, Field(strict=True, ge=0)]


def _local(written: Any) -> Any:
    if isinstance(written, time) or re.fullmatch(r"\d\d:\d\d", str(written)):
        return written
    raise ValueError("should be a local time such as 17:30")


LocalTime: TypeAlias = Annotated[time, BeforeValidator(_local)]


class Shape(BaseModel):
    """Data from a file: frozen, and with no key that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ChoiceShape(Shape):
    """One thing to choose: what is kept, and what is read. A bare text in a file is both."""

    value: Text
    label: Text


def _choice(written: Any) -> Any:
    return {"value": written, "label": written} if isinstance(written, str) else written


Choices: TypeAlias = tuple[Annotated[ChoiceShape, BeforeValidator(_choice)], ...]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong in one file. `key` is empty when the whole file is meant."""

    file: str
    key: str
    wrong: str
    allowed: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        allowed = f" Allowed: {', '.join(self.allowed)}." if self.allowed else ""
        return f"{where}: {self.wrong}.{allowed}"


class ShapeWrong(Exception):
    """Files in templates/ cannot be used as they are: `faults` says which, where, and what is allowed."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))
