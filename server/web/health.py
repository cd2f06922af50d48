"""GET /healthz and GET /readyz, for those who watch over the process."""

from typing import Annotated, Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from server.desk import DatabaseError
from server.engine import EncoderState
from server.web.context import assistant
from server.web.desks import desk, outage
from server.web.error_schemas import ErrorResponse
from server.web.errors import ApiError

blueprint = APIBlueprint("health", __name__, abp_tags=[Tag(name="Health")])


class Health(BaseModel):
    """The process is alive."""

    status: Annotated[str, Field(description="ok")]


class Deliveries(BaseModel):
    """Webhooks that wait to be taken."""

    pending: int
    failing: Annotated[int, Field(description="Those that were refused at least once.")]
    oldest_seconds: Annotated[float, Field(description="Since when the oldest of them waits.")]
    error: Annotated[str | None, Field(description="Why it was refused.")] = None


class Readiness(BaseModel):
    """What can be answered and kept; whatever is not as it should be makes it `degraded`."""

    status: Annotated[str, Field(description="ready or degraded")]
    index_id: str
    encoder: Annotated[str, Field(description="ready, loading or failed")]
    mode: Annotated[str, Field(description="hybrid, or lexical: by words alone")]
    database: Annotated[str, Field(description="ready or failing")]
    deliveries: Annotated[
        Deliveries | None, Field(description="Left out while the database is failing.")
    ] = None
    error: Annotated[str | None, Field(description="Why the encoder failed.")] = None


@blueprint.get("/healthz", responses={200: Health, 500: ErrorResponse}, operation_id="healthz")
def healthz() -> dict[str, Any]:
    """Tell that the process is alive."""
    return {"status": "ok"}


@blueprint.get(
    "/readyz",
    responses={200: Readiness, 500: ErrorResponse, 503: ErrorResponse},
    operation_id="readyz",
    description="While the encoder is loading, or failed to load, questions are answered by words "
    "alone; while the database is away they are answered, but nothing is kept and no ticket "
    "opened; while webhooks are not taken they wait. All that is `degraded`, and still 200, for "
    "another process would do no better. It is 503 where nothing can be answered.",
)
def readyz() -> dict[str, Any]:
    """Tell whether questions are answered and hand-offs kept, and how well."""
    serving = assistant()
    if not serving.index.articles:
        raise ApiError(503)
    encoder = serving.encoder
    state = encoder.state
    loaded = state == EncoderState.READY
    kept = _kept()
    fine = loaded and kept["database"] == "ready" and not kept.get("deliveries", {}).get("failing")
    presented = {
        "status": "ready" if fine else "degraded",
        "index_id": serving.index.manifest.index_id,
        "encoder": state.value,
        "mode": "hybrid" if loaded else "lexical",
        **kept,
    }
    if not loaded and encoder.error:
        presented["error"] = encoder.error
    return presented


def _kept() -> dict[str, Any]:
    """Return how the database and the webhooks are."""
    try:
        waiting = desk().backlog().deliveries
    except DatabaseError as error:
        outage().tell(error)
        return {"database": "failing"}
    deliveries: dict[str, Any] = {
        "pending": waiting.pending,
        "failing": waiting.failing,
        "oldest_seconds": round(waiting.oldest_seconds, 1),
    }
    if waiting.last_error:
        deliveries["error"] = waiting.last_error
    return {"database": "ready", "deliveries": deliveries}
