"""What each way of typing costs: the same topics, typed otherwise, against themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from evaluation.comparison import Change
from evaluation.costs import mean_cost
from evaluation.judged import Judged
from evaluation.perturbing import chance, ways
from evaluation.registry import measure
from evaluation.running import evaluate
from evaluation.significance import Difference, difference
from evaluation.topics import Qrel, Topic
from indexer.text import Tokenizer
from server.engine import Assistant
from server.engine.understanding import lexicon_of

MEASURES = ("Success@1", "Helped", "Precision@answered", "FalseAnswers")


@dataclass(frozen=True, slots=True)
class Hardship:
    """A way of typing: the topics that it changes, as they were and as they became.

    `differences` has a row for each of `MEASURES`; `lost` and `won` are topics whose outcome became
    worse or better, the most expensive change first.
    """

    way: str
    before: tuple[Judged, ...]
    after: tuple[Judged, ...]
    differences: tuple[Difference, ...]

    @property
    def lost(self) -> list[Change]:
        """The topics that fare worse."""
        return sorted((c for c in self._changes if c.gain < 0), key=lambda c: (c.gain, c.after.id))

    @property
    def won(self) -> list[Change]:
        """The topics that fare better."""
        return [change for change in self._changes if change.gain > 0]

    @property
    def price(self) -> float:
        """The mean cost that it adds to a question that it changes."""
        return (mean_cost(self.after) or 0.0) - (mean_cost(self.before) or 0.0)

    @property
    def _changes(self) -> list[Change]:
        return [Change(*pair) for pair in zip(self.before, self.after, strict=True)]


def harden(
    assistant: Assistant,
    topics: Sequence[Topic],
    qrels: Sequence[Qrel],
    chosen: Sequence[str] = (),
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> list[Hardship]:
    """Return what each way (those in `chosen`, else all) costs, the dearest first.

    Raises:
        KeyError: there is no way of one of the names.
    """
    lexicon = lexicon_of(assistant.index.knowledge.get("lexicon", {}))
    known = ways(lexicon, Tokenizer(lexicon.all_words()))
    plain = evaluate(assistant, topics, qrels, progress=progress).judged
    found = []
    for name in chosen or known:
        way = known[name]
        typed = [
            replace(topic, text=way(topic.text, topic.lang, chance(name, topic.id)))
            for topic in topics
        ]
        changed = [
            n for n, (a, b) in enumerate(zip(topics, typed, strict=True)) if a.text != b.text
        ]
        ids = {topics[n].id for n in changed}
        asked = [typed[n] for n in changed]
        judged = evaluate(
            assistant,
            asked,
            [qrel for qrel in qrels if qrel.topic_id in ids],
            progress=lambda _, done, total, name=name: progress(name, done, total),  # type: ignore[misc]
        ).judged
        before = [plain[n] for n in changed]
        rows = tuple(difference(measure(each), before, judged) for each in MEASURES)
        found.append(Hardship(name, tuple(before), tuple(judged), rows))
    return sorted(found, key=lambda one: (-one.price, one.way))
