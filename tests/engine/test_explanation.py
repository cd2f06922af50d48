from pathlib import Path

from server.engine import Assistant
from server.engine.explanation import explain
from tests.engine.centre import QUESTIONS, SCORER, SECRET
from tests.fakes import FakeEncoder


def told(assistant: Assistant, text: str) -> dict[str, str]:
    """Return the lines before the hits by their first word."""
    head = explain(assistant, assistant.ask(text)).split("\n\n")[0]
    return {line.split()[0]: line.split(maxsplit=1)[1] for line in head.splitlines()}


def test_it_tells_what_was_understood(assistant: Assistant) -> None:
    lines = told(assistant, "体现 withdrawl TPWallet")
    assert lines["normalised"] == "提现 withdrawal tpwallet"
    assert lines["corrected"] == "体现 → 提现, withdrawl → withdrawal"
    assert lines["tokens"] == "提现 withdraw tpwallet"
    assert lines["synonyms"] == "提币"
    assert lines["language"] == "zh, product tpwallet"
    assert lines["index"] == f"{assistant.index.manifest.index_id}, encoder ready"


def test_what_there_is_none_of_is_a_dash(assistant: Assistant) -> None:
    lines = told(assistant, "???")
    assert (lines["corrected"], lines["tokens"], lines["synonyms"]) == ("-", "-", "-")
    assert lines["language"] == "zh, product any"


def test_it_tells_the_decision_and_its_reason(assistant: Assistant) -> None:
    assert told(assistant, "提现没到账怎么办")["decision"] == "answer"
    assert told(assistant, "怎么做红烧肉")["decision"] == "handoff (low_confidence)"


def test_each_hit_shows_what_its_probability_is_made_of(assistant: Assistant) -> None:
    answer = assistant.ask("提现没到账怎么办")
    blocks = explain(assistant, answer).split("\n\n")[1:-1]
    assert len(blocks) == len(answer.hits)
    for number, (hit, block) in enumerate(zip(answer.hits, blocks, strict=True), 1):
        lines = block.splitlines()
        assert lines[0] == f"{number}. {hit.article_id} ({hit.lang})  probability {hit.score:.3f}"
        assert lines[1].endswith(hit.evidence.matched_question)
        assert hit.passage_id in lines[2]
        shown = {line.split()[1]: float(line.split()[0]) for line in lines[3:]}
        assert shown.keys() == hit.evidence.parts.keys()
        for name, part in hit.evidence.parts.items():
            assert abs(shown[name] - part) < 0.006
        strengths = [abs(part) for part in shown.values()]
        assert strengths == sorted(strengths, reverse=True)


def test_the_nearest_rival_is_told_with_what_separates_it(assistant: Assistant) -> None:
    answer = assistant.ask("助记词 提现 到账")
    first, second = answer.hits[:2]
    last = explain(assistant, answer).split("\n\n")[-1]
    assert last.startswith(f"nearest rival of {first.article_id}: {second.article_id}; ")
    gap = first.evidence.parts["coverage"] - second.evidence.parts["coverage"]
    assert f"coverage {gap:+.2f}" in last


def test_without_an_encoder_there_is_no_cosine(index_root: Path) -> None:
    lexical = Assistant(index_root, lambda _: FakeEncoder(), SCORER)
    text = explain(lexical, lexical.ask("提现没到账怎么办"))
    assert "cosine none" in text
    assert "encoder loading" in text


def test_anything_can_be_explained_and_no_secret_is_told(assistant: Assistant) -> None:
    for text in (*QUESTIONS, SECRET):
        assert "abandon" not in explain(assistant, assistant.ask(text))
