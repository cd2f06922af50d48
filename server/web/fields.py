"""The kinds of field and body that requests are made of; see `schemas`."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from server.engine.safety import screen

MAX_QUERY = 2000
MAX_RESULTS = 20

# A NUL ends a text for much of the software behind us.
NO_NUL = "^[^\\u0000]*$"

Question = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_QUERY,
        pattern=NO_NUL,
        description="The question in the asker's words.",
        json_schema_extra={"example": "提现没到账怎么办"},
    ),
]
LANGUAGE = Field(description="Language to answer in; detected when left out.")
Product = Annotated[str, Field(max_length=100, pattern=NO_NUL)]
PRODUCT = Field(description="Only answers for it and for all; its id, name or an alias.")


def _no_secret(value: str) -> str:
    """Refuse what looks like a secret: names are kept as they are sent."""
    if screen(value).blocked:
        raise PydanticCustomError("secret", "looks like a secret")
    return value


Token = Annotated[
    Annotated[
        str,
        Field(min_length=1, max_length=128, pattern="^[A-Za-z0-9_.:@+/=-]*$"),
        AfterValidator(_no_secret),
    ]
    | None,
    Field(),
]


def _without_null(schema: dict[str, Any]) -> None:
    """Describe a parameter of an address: one without a value is left out, there is no null."""
    schema.pop("default", None)
    schema.update(schema.pop("anyOf")[0])


LEFT_OUT = _without_null
LEFT_OUT_FIELD = Field(json_schema_extra=LEFT_OUT)


def whole(value: object) -> object:
    """Take 5.0 for 5: to JSON they are one number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Probability = Annotated[float, Field(ge=0, le=1)]


class Body(BaseModel):
    """A JSON body: types are taken as they are, unknown fields refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Parameters(BaseModel):
    """Parameters of an address: texts are converted, unknown ones refused."""

    model_config = ConfigDict(extra="forbid")
