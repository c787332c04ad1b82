"""What did the form say? Read into a pydantic model, so that nothing from outside reaches a table directly."""

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from mailer.errors import Invalid

Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model]) -> Model:
    """Return the posted form as a `model`; a field that can hold many takes them all.

    Raises:
        Invalid: naming each field that does not fit, and why.
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
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in each['loc']) or 'form'}: {each['msg'].removeprefix('Value error, ')}"
            for each in error.errors()
        )
        raise Invalid(wrong) from error
