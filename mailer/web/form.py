"""What did the form say? Read into a pydantic model, so that nothing from outside reaches a table directly."""

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from mailer.errors import Invalid

Model = TypeVar("Model", bound=BaseModel)


class WrongFields(Invalid):
    """Fields of a form that do not fit: `fields` says of each why, so that a page says it beside the field."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {why}" for name, why in fields.items()))
        self.fields = fields


def read(model: type[Model]) -> Model:
    """Return the posted form as a `model`; a field that can hold many takes them all.

    Raises:
        WrongFields: naming each field that does not fit, and why.
    """
    given: dict[str, object] = {}
    for name, field in model.model_fields.items():
        values = request.form.getlist(name)
        if "list" in str(field.annotation):
            given[name] = values
        elif values:
            given[name] = values[-1]
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise WrongFields(
            {
                ".".join(str(part) for part in each["loc"]) or "form": each["msg"].removeprefix("Value error, ")
                for each in error.errors()
            }
        ) from error
