"""GET /healthz and GET /readyz, for those who watch over the process."""

from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from server.engine import EncoderState
from server.web.context import assistant
from server.web.errors import ApiError
from server.web.schemas import ErrorResponse, Health, Readiness

blueprint = APIBlueprint("health", __name__, abp_tags=[Tag(name="Health")])


@blueprint.get("/healthz", responses={200: Health, 500: ErrorResponse}, operation_id="healthz")
def healthz() -> dict[str, Any]:
    """Tell that the process is alive."""
    return {"status": "ok"}


@blueprint.get(
    "/readyz",
    responses={200: Readiness, 500: ErrorResponse, 503: ErrorResponse},
    operation_id="readyz",
    description="While the encoder is loading, or failed to load, questions are answered by words "
    "alone: `degraded`, and still 200. It is 503 where nothing can be answered.",
)
def readyz() -> dict[str, Any]:
    """Tell whether questions are answered, and how well."""
    serving = assistant()
    if not serving.index.articles:
        raise ApiError(503)
    encoder = serving.encoder
    state = encoder.state
    ready = state == EncoderState.READY
    presented = {
        "status": "ready" if ready else "degraded",
        "index_id": serving.index.manifest.index_id,
        "encoder": state.value,
        "mode": "hybrid" if ready else "lexical",
    }
    if not ready and encoder.error:
        presented["error"] = encoder.error
    return presented
