"""Why an answer came out as it did, told to a person."""

from server.engine.assistant import Assistant
from server.engine.domain import Answer, Hit


def explain(assistant: Assistant, answer: Answer) -> str:
    """Return the tokens, matched questions, each feature's part and what separates the rivals."""
    understood = assistant.understand(answer.query.text, answer.query.lang, answer.query.product)
    synonyms = [token for token in understood.expanded if token not in understood.tokens]
    mended = ", ".join(f"{c.wrong} → {c.right}" for c in understood.corrections)
    lines = [
        f"decision    {answer.decision}" + (f" ({answer.reason})" if answer.reason else ""),
        f"confidence  {answer.confidence:.3f}",
        f"language    {answer.query.lang}, product {answer.query.product or 'any'}",
        f"normalised  {understood.text}",
        f"corrected   {mended or '-'}",
        f"tokens      {' '.join(understood.tokens) or '-'}",
        f"synonyms    {' '.join(synonyms) or '-'}",
        f"index       {answer.index_id}, encoder {assistant.encoder.state}",
    ]
    for number, hit in enumerate(answer.hits, 1):
        lines += ["", *_hit(number, hit)]
    if len(answer.hits) > 1:
        lines += ["", *_rival(*answer.hits[:2])]
    return "\n".join(lines)


def _hit(number: int, hit: Hit) -> list[str]:
    evidence = hit.evidence
    dense = "none" if evidence.dense is None else f"{evidence.dense:.3f}"
    lines = [
        f"{number}. {hit.article_id} ({hit.lang})  probability {hit.score:.3f}",
        f"   matched   {evidence.matched_question}",
        f"   nearest   {hit.passage_id}, cosine {dense}, BM25 share {evidence.lexical:.3f}",
    ]
    for name, part in sorted(evidence.parts.items(), key=lambda item: -abs(item[1])):
        value = evidence.features.get(name)
        of = "" if value is None else f"  = {value:.3f}"
        lines.append(f"   {part:+7.2f}  {name}{of}")
    return lines


def _rival(first: Hit, second: Hit) -> list[str]:
    """Tell which features separate the first hit from the second, the strongest first."""
    names = first.evidence.parts.keys() & second.evidence.parts.keys()
    gaps = {n: first.evidence.parts[n] - second.evidence.parts[n] for n in names}
    strongest = sorted(gaps.items(), key=lambda item: (-abs(item[1]), item[0]))[:3]
    told = ", ".join(f"{name} {gap:+.2f}" for name, gap in strongest)
    return [f"nearest rival of {first.article_id}: {second.article_id}; it is separated by {told}"]
