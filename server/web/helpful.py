""" "Was this helpful?" below an article, by a plain form.

A vote belongs to an answer in the query log. Reading an article is none yet, so the vote makes one:
the article's title, asked and answered.
"""

import uuid

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from indexer import Lang
from server.desk import Exchange
from server.desk.querylog import READING
from server.engine import Decision
from server.engine.presentation import article_url
from server.web import feedback, page_errors
from server.web.bodies import takes_form
from server.web.context import assistant
from server.web.desks import desk
from server.web.limits import rate_limited

blueprint = Blueprint("helpful", __name__)
page_errors.install(blueprint)


@blueprint.post("/<any(zh, en):lang>/articles/<article_id>/helpful")
@takes_form
@rate_limited("write")
def vote(lang: Lang, article_id: str) -> Response:
    """Keep the vote, and lead back to the article."""
    index = assistant().index
    found = index.find(article_id, lang)
    said = request.form.get("helpful")
    if found is None or said not in ("yes", "no"):
        abort(404)
    message_id = uuid.uuid4().hex
    desk().record(
        uuid.uuid4().hex,
        Exchange(
            message_id=message_id,
            question=found.title,
            lang=found.lang,
            decision=Decision.ANSWER,
            index_id=index.manifest.index_id,
            confidence=1.0,
            article_ids=(found.id,),
            product=found.product,
            channel=READING,
        ),
    )
    feedback.keep(message_id, helpful=said == "yes", article_id=found.id)
    return redirect(f"{article_url(found.id, lang)}?voted={said}#helpful", 303)
