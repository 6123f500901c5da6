"""Formats, forms and questionnaires as they stand in templates/, checked when the bot starts."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from handlers import shapes_checks as checks
from handlers.shapes_base import ChoiceShape, Fault, Role, Shape, ShapeWrong
from handlers.shapes_form import FieldShape, FormShape, Question, Questionnaire, Scale
from handlers.shapes_format import (
    Evaluation,
    Format,
    Milestone,
    OnSite,
    RoleShape,
    RoomShape,
    Scoping,
    ScopingQuestion,
)

__all__ = [
    "ROLES",
    "ChoiceShape",
    "Evaluation",
    "Fault",
    "FieldShape",
    "FormShape",
    "Format",
    "Milestone",
    "OnSite",
    "Question",
    "Questionnaire",
    "RoleShape",
    "RoomShape",
    "Scale",
    "Scoping",
    "ScopingQuestion",
    "ShapeWrong",
    "Shapes",
]

ROLES: tuple[str, ...] = get_args(Role)
_SCALES = "scales"
_S = TypeVar("_S", bound=Shape)


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """Everything that is a file, by the file's name without its ending."""

    formats: Mapping[str, Format]
    forms: Mapping[str, FormShape]
    questionnaires: Mapping[str, Questionnaire]

    @classmethod
    def load(cls, *folders: Path) -> "Shapes":
        """Read formats/, forms/ and questionnaires/ in each folder; a later folder's file wins.

        Raises ShapeWrong with everything that is wrong in any file.
        """
        reading = _Reading(folders)
        shapes = cls(
            questionnaires=reading.questionnaires(),
            forms=reading.each("forms", FormShape),
            formats=reading.each("formats", Format),
        )
        faults = [*reading.faults, *_cross_checked(shapes, reading.files("questionnaires"))]
        if faults:
            raise ShapeWrong(faults)
        return shapes

    @property
    def default(self) -> Format:
        """The format that says `default = true`, else the first by name."""
        return next((one for one in self.formats.values() if one.default), next(iter(self.formats.values())))

    def format(self, name: str) -> Format:
        """The format of a file. Raises KeyError."""
        return self.formats[name]

    def form(self, name: str) -> FormShape:
        """The form of a file. Raises KeyError."""
        return self.forms[name]

    def questionnaire(self, name: str) -> Questionnaire:
        """The questionnaire of a file. Raises KeyError."""
        return self.questionnaires[name]


def _cross_checked(shapes: Shapes, questionnaire_files: Mapping[str, Path]) -> Iterator[Fault]:
    for questionnaire in shapes.questionnaires.values():
        yield from checks.of_questionnaire(f"questionnaires/{questionnaire.key}.toml", questionnaire)
    for form in shapes.forms.values():
        yield from checks.of_form(f"forms/{form.key}.toml", form)
    rated = {name: _rated(shapes, name) for name in questionnaire_files}
    for shape in shapes.formats.values():
        yield from checks.of_format(f"formats/{shape.key}.toml", shape, rated)
    yield from checks.of_all(list(shapes.formats.values()))


def _rated(shapes: Shapes, name: str) -> tuple[str, ...]:
    return shapes.questionnaires[name].rated_roles if name in shapes.questionnaires else ()


class _Reading:
    """Files read one after the other; what is wrong with them is gathered, not raised."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders
        self.faults: list[Fault] = []

    def files(self, kind: str) -> dict[str, Path]:
        """The file of each name, from the last folder that has one, in the order of names."""
        found = {file.stem: file for folder in self._folders for file in (folder / kind).glob("*.toml")}
        found.pop(_SCALES, None)
        return dict(sorted(found.items()))

    def each(self, kind: str, model: type[_S]) -> dict[str, _S]:
        """Every usable file of a kind."""
        found = {
            name: self._shape(f"{kind}/{name}.toml", file, model) for name, file in self.files(kind).items()
        }
        return {name: shape for name, shape in found.items() if shape is not None}

    def questionnaires(self) -> dict[str, Questionnaire]:
        """Every usable questionnaire, with the choices of its scales filled in."""
        scales = self._scales()
        found = self.each("questionnaires", Questionnaire)
        return {name: self._scaled(questionnaire, scales) for name, questionnaire in found.items()}

    def _scales(self) -> dict[str, Scale]:
        files = [folder / "questionnaires" / f"{_SCALES}.toml" for folder in self._folders]
        there = [file for file in files if file.exists()]
        name = f"questionnaires/{_SCALES}.toml"
        written = self._table(name, there[-1]) if there else {}
        found = {key: self._checked(name, value, Scale, key) for key, value in (written or {}).items()}
        return {key: scale for key, scale in found.items() if scale is not None}

    def _scaled(self, questionnaire: Questionnaire, scales: Mapping[str, Scale]) -> Questionnaire:
        questions = tuple(
            self._on_scale(questionnaire, question, scales) if question.scale else question
            for question in questionnaire.questions
        )
        return questionnaire.model_copy(update={"questions": questions})

    def _on_scale(
        self, questionnaire: Questionnaire, question: Question, scales: Mapping[str, Scale]
    ) -> Question:
        scale = scales.get(str(question.scale))
        if scale is None or question.choices:
            wrong = "there are choices beside the scale" if scale else f"{question.scale} is not known here"
            file, key = f"questionnaires/{questionnaire.key}.toml", f"questions.{question.name}.scale"
            self.faults.append(Fault(file=file, key=key, wrong=wrong, allowed=tuple(scales)))
            return question
        return question.model_copy(update={"choices": scale.choices, "positive": scale.positive})

    def _shape(self, name: str, file: Path, model: type[_S]) -> _S | None:
        written = self._table(name, file)
        if written is None:
            return None
        if "key" in written:
            self.faults.append(Fault(file=name, key="key", wrong="the file's name is its key"))
            return None
        return self._checked(name, {**written, "key": file.stem}, model, "")

    def _table(self, name: str, file: Path) -> dict[str, Any] | None:
        try:
            return tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
            self.faults.append(Fault(file=name, key="", wrong=f"is not TOML: {wrong}"))
            return None

    def _checked(self, name: str, written: Any, model: type[_S], under: str) -> _S | None:
        try:
            return model.model_validate(written)
        except ValidationError as wrong:
            self.faults.extend(_fault(name, model, error, written, under) for error in wrong.errors())
            return None


# What pydantic found, in plain words


def _fault(file: str, model: type[BaseModel], error: Any, written: Any, under: str) -> Fault:
    steps = [step for step in error["loc"] if step != "[key]"]
    key = ".".join([*([under] if under else []), *_named(steps, written)])
    match error["type"]:
        case "extra_forbidden":
            allowed = tuple(name for name in _model_at(model, steps[:-1]).model_fields if name != "key")
            return Fault(file=file, key=key, wrong="is not known here", allowed=allowed)
        case "missing":
            return Fault(file=file, key=key, wrong="is missing")
        case "literal_error":
            allowed = tuple(error["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", "))
            return Fault(file=file, key=key, wrong=f"{error['input']!r} is not allowed", allowed=allowed)
    wrong = error["msg"].removeprefix("Value error, ").replace("Input should", "should")
    return Fault(file=file, key=key, wrong=f"{wrong} (it is {error['input']!r})")


def _named(steps: list[Any], written: Any) -> Iterator[str]:
    """The steps to a value; a thing in a list goes by its own name, else by its place from 1."""
    for step in steps:
        inside = (
            written
            if isinstance(written, dict)
            else dict(enumerate(written if isinstance(written, list) else ()))
        )
        written = inside.get(step)
        names = written if isinstance(step, int) and isinstance(written, dict) else {}
        own = next((names[name] for name in ("key", "name", "questionnaire", "value") if name in names), None)
        yield str(own if own is not None else step + 1 if isinstance(step, int) else step)


def _model_at(model: type[BaseModel], steps: list[Any]) -> type[BaseModel]:
    """The model that the keys lead to; numbers and names within lists and tables lead no further."""
    for step in steps:
        if step in model.model_fields:
            model = _model_in(model.model_fields[str(step)].annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in get_args(annotation))
    return next((model for model in found if model), None)
