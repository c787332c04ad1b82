"""What did the form say? Read into a pydantic model, so that nothing from outside reaches a table directly."""

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mailer.errors import Invalid

Model = TypeVar("Model", bound=BaseModel)

SAID: dict[str, str] = {  # what pydantic found, in the words of a page
    "missing": "This is missing.",
    "string_too_short": "Fill this in.",
    "string_too_long": "At most {max_length} characters.",
    "string_pattern_mismatch": "This does not fit; choose one that is offered.",
    "enum": "Choose one that is offered.",
    "int_parsing": "Give a whole number.",
    "int_from_float": "Give a whole number.",
    "float_parsing": "Give a number.",
    "greater_than": "Give more than {gt:g}.",
    "greater_than_equal": "Give at least {ge:g}.",
    "less_than": "Give less than {lt:g}.",
    "less_than_equal": "Give at most {le:g}.",
    "date_from_datetime_parsing": "Give a day, like 2026-03-16.",
    "date_parsing": "Give a day, like 2026-03-16.",
}


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
            {str(each["loc"][0]) if each["loc"] else "form": _said(each) for each in error.errors()}
        ) from error


def _said(fault: ErrorDetails) -> str:
    known = SAID.get(fault["type"])
    return known.format(**fault.get("ctx", {})) if known else fault["msg"].removeprefix("Value error, ")


def wrongs(error: Invalid, field: str = "form") -> dict[str, str]:
    """Return what an error says of each field; one that names none speaks of `field`."""
    said = str(error)
    return error.fields if isinstance(error, WrongFields) else {field: said[:1].upper() + said[1:].rstrip(".") + "."}
