"""The scorer's features: few, named, and on a scale that no encoder or domain shifts."""

import numpy as np

from server.engine.grouping import Floats, Groups
from server.engine.retrieval import Candidates
from server.engine.understanding import Understood

# Features are kept within this many deviations: beyond, more says nothing more.
_CAP = 12.0

# Shares are kept this far from 0 and 1 before their log-odds are taken: of a question that nothing
# answers, too, some article has nearly all of the nearest passages.
_SLIVER = 0.12

DENSE = (
    "closeness",
    "closeness_second",
    "closeness_section",
    "cosine",
    "cosine_lead",
    "apart",
    "share",
)
WORDS = (
    "lexical",
    "lexical_lead",
    "coverage",
    "coverage_lead",
    "told",
    "known",
    "length",
)


def features(query: Understood, candidates: Candidates) -> dict[str, Floats]:
    """Return the features of the candidates, each of shape (candidates,).

    - `closeness`: the best question's cosine in deviations above unrelated passages (0..12)
    - `closeness_second`: the same for the second-best question of the article
    - `closeness_section`: the same for the nearest piece of its answer
    - `cosine`: the best cosine itself (-1..1)
    - `cosine_lead`: the best cosine's lead over the best article of another group (negative: lag)
    - `lexical`, `lexical_lead`: the BM25 share (0..1) and its lead
    - `coverage`, `coverage_lead`: the share of the query's words that the article holds (0..1)
    - `apart`: the best cosine in deviations above what questions of the index are to their nearest
      question of another article (-6..6)
    - `share`: the log-odds of the article's share of the nearest passages (-2..2)
    - `told`: the part (0..1) of the matched question's words that the query holds
    - `known`: the share (0..1) of the query's words that stand in the knowledge base at all
    - `length`: log(1 + number of the query's tokens)

    An article in the asker's language leads those in that language, one in the other leads all: so
    adding articles in one language changes nothing for those who ask and are answered in the other.
    Without an encoder the dense ones are left out.
    """
    cosines = candidates.cosines
    compared = [candidates.lexical, candidates.coverage]
    if cosines is not None:
        compared.append(cosines.best)
    leads = _leads(np.stack(compared), candidates)
    values = {
        "lexical": candidates.lexical,
        "lexical_lead": leads[0],
        "coverage": candidates.coverage,
        "coverage_lead": leads[1],
        "told": candidates.told,
        "known": candidates.known,
        "length": np.full(len(candidates), np.log1p(len(query.tokens))),
    }
    if cosines is None:
        return values

    def closeness(cosine: Floats) -> Floats:
        return np.clip((cosine - cosines.mean) / cosines.deviation, 0.0, _CAP)

    share = np.clip(cosines.share, _SLIVER, 1 - _SLIVER)
    return {
        "apart": np.clip((compared[2] - cosines.rivals) / cosines.rivals_deviation, -6.0, 6.0),
        "share": np.log(share) - np.log1p(-share),
        "closeness": closeness(cosines.question),
        "closeness_second": closeness(cosines.second),
        "closeness_section": closeness(cosines.section),
        "cosine": compared[2],
        "cosine_lead": leads[2],
        **values,
    }


def _leads(values: Floats, candidates: Candidates) -> Floats:
    """Return the leads of several values, both of shape (values, candidates)."""
    leads = Groups(candidates.groups).leads(values)
    own = candidates.own
    if own.any():
        leads[:, own] = Groups(candidates.groups[own]).leads(values[:, own])
    return leads
