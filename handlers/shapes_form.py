"""The shapes of forms and questionnaires: files in templates/forms and templates/questionnaires."""

from typing import Annotated, Literal

from pydantic import Field

from handlers.shapes_base import Choices, Count, Key, Role, Shape, Text


class FieldShape(Shape):
    """One field of a form. `choices_from` names a fact that offers the choices when the form is drawn."""

    name: Key
    label: Text
    kind: Literal["text", "long", "number", "date", "days", "moment", "person", "choice", "choices"] = "text"
    required: bool = True
    limit: Annotated[Count, Field(ge=1, le=3000)] = 3000
    hint: str = ""
    choices: Choices = ()
    choices_from: Key | None = None


class FormShape(Shape):
    """A form. Sending it in says `phrase`. `key` is the file's name."""

    key: Key
    title: Text
    phrase: Text
    submit: Text
    intro: str = ""
    fields: tuple[FieldShape, ...] = ()


class Scale(Shape):
    """Answers shared by several questions. `positive` are counted together in results."""

    choices: Annotated[Choices, Field(min_length=2)]
    positive: tuple[Text, ...] = ()


class Question(Shape):
    """One question. With `scale`, its choices come from scales.toml.

    `private_to`: only this role reads the answer. `rates`: the role it is about, which never
    reads a single answer. `asked_when`: asked only once this has happened.
    """

    name: Key
    asks: Text
    hint: str = ""
    kind: Literal["text", "long", "number", "choice", "choices"] = "choice"
    scale: str | None = None
    choices: Choices = ()
    positive: tuple[Text, ...] = ()
    required: bool = False
    limit: Annotated[Count, Field(ge=1, le=3000)] = 3000
    private_to: Role | None = None
    rates: Role | None = None
    asked_when: Literal["always", "final_issued"] = "always"


class Questionnaire(Shape):
    """Questions asked after a challenge. `who_reads` is said before the first. `key` is the file's name."""

    key: Key
    title: Text
    intro: str = ""
    who_reads: Text
    confidentiality: Literal["confidential", "anonymous", "named"] = "confidential"
    minutes: Count
    rated_roles: tuple[Role, ...] = ()
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]
