"""GET /v1/handoffs/form: what to ask before a hand-off that follows an article."""

from typing import Annotated, Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import Field

from indexer import Lang
from server.engine.handoff import present_intake
from server.engine.intake import intake_for
from server.web.casework import reachable
from server.web.context import accepted_language, assistant
from server.web.desk_schemas import Reachability
from server.web.desks import kb_settings
from server.web.error_schemas import (
    ERRORS,
)
from server.web.errors import ApiError
from server.web.fields import (
    LANGUAGE,
    LEFT_OUT_FIELD,
    PRODUCT,
    Parameters,
    Product,
)
from server.web.products import product_id
from server.web.schemas import (
    IntakeItem,
)

blueprint = APIBlueprint(
    "intake_form", __name__, url_prefix="/v1/handoffs", abp_tags=[Tag(name="Hand-off")]
)


class FormParameters(Parameters):
    """What the case is about."""

    lang: Annotated[Lang | None, LANGUAGE, LEFT_OUT_FIELD] = None
    product: Annotated[Product | None, PRODUCT, LEFT_OUT_FIELD] = None
    article_id: Annotated[
        str | None,
        Field(max_length=200, description="The article that did not help."),
        LEFT_OUT_FIELD,
    ] = None


class FormResponse(Reachability):
    """The questions of the form, and who can be reached."""

    intake: list[IntakeItem]


@blueprint.get(
    "/form",
    responses={200: FormResponse, **ERRORS},
    operation_id="handoff_form",
    description="The questions that fit the article; the default ones where none is named. POST "
    "/v1/ask tells the same with a hand-off.",
)
def form(query: FormParameters) -> dict[str, Any]:
    """Tell what to ask before a hand-off."""
    lang = query.lang or accepted_language()
    return form_for(lang, product_id(query.product), query.article_id)


def form_for(lang: Lang, product: str | None, article_id: str | None) -> dict[str, Any]:
    """Return the form in the shape of the HTTP interface.

    Raises:
        ApiError: 422, there is no such article.
    """
    tags: tuple[str, ...] = ()
    if article_id is not None:
        found = assistant().index.find(article_id, lang)
        if found is None:
            raise ApiError(422, problems=[("article_id", "unknown_article", {})])
        tags, product = found.tags, product or found.product
    questions = present_intake(intake_for(kb_settings(), tags, lang))
    return {"intake": questions} | reachable(product, lang)
