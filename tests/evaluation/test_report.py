"""The page: safe, whole, in two languages, readable without a network."""

import base64
import hashlib
import re
import tomllib
from dataclasses import replace
from importlib import resources

import pytest

from evaluation import Evaluation, evaluate, render, summarise
from evaluation.texts import Words
from indexer import Article
from tests.evaluation.conftest import ARTICLES, QRELS, TOLD, TOPICS
from tests.evaluation.pagereading import Page
from tests.evaluation.standins import FakeAssistant


@pytest.fixture(params=["zh", "en"])
def page(request: pytest.FixtureRequest, evaluation: Evaluation) -> Page:
    return Page(render(evaluation, summarise(evaluation), request.param), request.param)


def english(name: str) -> str:
    return str(Words("report")(name).en)


def test_nothing_comes_from_elsewhere_and_nothing_runs(page: Page) -> None:
    tags = {tag for tag, _ in page.elements}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "form", "a"})
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)


def test_the_policy_lets_the_pages_own_style_through_and_nothing_else(
    evaluation: Evaluation,
) -> None:
    html = render(evaluation, summarise(evaluation), "en")
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = next(m for m in Page(html).named("meta") if m.get("http-equiv"))["content"]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert "url(h" not in style[1]
    assert "@import" not in style[1]


def test_tables_have_captions_and_scopes_and_charts_have_names(page: Page) -> None:
    assert len(page.named("caption")) == len(page.named("table")) > 5
    assert all(attributes.get("scope") for attributes in page.named("th"))
    charts = [svg for svg in page.named("svg") if svg.get("role") == "img"]
    assert len(charts) == 3
    names = {attributes.get("id") for _, attributes in page.elements}
    assert all(chart.get("aria-labelledby") in names for chart in charts)
    decoration = [svg for svg in page.named("svg") if svg.get("role") != "img"]
    assert all(svg.get("aria-hidden") == "true" for svg in decoration)


def test_figures_are_told_with_their_intervals_and_sizes(evaluation: Evaluation) -> None:
    text = Page(render(evaluation, summarise(evaluation), "en")).text
    assert "60.0% 23.1–88.2% · of 5" in text
    assert "66.7% 20.8–93.9% · of 3" in text
    assert "7: 5 that an article answers, 2 that none does" in text


def test_steps_are_listed_from_the_most_expensive_on(evaluation: Evaluation) -> None:
    text = Page(render(evaluation, summarise(evaluation), "en")).text
    steps = [
        "Nothing answers, but “When is support open?” was given 1 question · cost 3",
        "Add wordings to “When is support open?” 1 question · cost 1",
        "Tell two articles apart: “What is the miner fee?” and “登录不了怎么办？” 1 question",
        "Found, but not surely: “What is the miner fee?” 1 question · cost 0.5",
    ]
    places = [text.index(step) for step in steps]
    assert places == sorted(places)
    assert places[0] < text.index("0.85 weather tomorrow") < places[1]


def test_both_languages_are_in_the_page_and_one_is_seen(evaluation: Evaluation) -> None:
    html = render(evaluation, summarise(evaluation), "en")
    assert "What to do next" in Page(html, "en").text
    assert "接下来做什么" not in Page(html, "en").text
    assert "接下来做什么" in Page(html, "zh").text
    assert "What to do next" not in Page(html, "zh").text


def test_who_takes_questions_from_whom_is_told(evaluation: Evaluation) -> None:
    text = Page(render(evaluation, summarise(evaluation), "en")).text
    assert "登录不了怎么办？ login What is the miner fee? fees 1 0 0 cannot log in" in text


def test_a_failure_tells_expected_got_rival_and_evidence(evaluation: Evaluation) -> None:
    text = Page(render(evaluation, summarise(evaluation), "en")).text
    entry = text[text.index("0.60 cannot log in") :]
    assert "→ What is the miner fee? asked back" in entry
    assert "Expected 登录不了怎么办？ login (rank 2)" in entry
    assert "Got What is the miner fee? fees · en · 0.60" in entry
    assert "Matched question matched question" in entry
    assert "Runner-up 登录不了怎么办？ login · zh · 0.50" in entry
    # The evidence that differs most comes first.
    evidence = "how far the nearest wording stands out closeness +0.60 +0.50 2 more that hardly"
    assert f"Evidence Got Expected {evidence}" in entry
    silent = text[text.index("0.00 客服几点上班") :]
    assert "→ nothing was found" in silent
    assert "When is support open? hours (not among the first 10)" in silent


def test_what_people_wrote_is_escaped() -> None:
    evil = "<script>alert(1)</script>\"'&{{7*7}}"
    told = dict(TOLD)
    told["cannot log in"] = replace(told["cannot log in"], searched=evil, matched=evil)
    told["weather tomorrow"] = replace(told["weather tomorrow"], parts={evil: 1.0})
    articles = [Article(a.id, a.lang, evil) for a in ARTICLES]
    topics = [replace(topic, kind=evil) for topic in TOPICS]
    evaluation = evaluate(FakeAssistant(articles, told), topics, QRELS)
    html = render(evaluation, summarise(evaluation), "zh")
    assert "<script" not in html
    assert "49" not in re.findall(r"\{\{.*?\}\}|49", Page(html).text)
    assert Page(html).text.count(evil) > 5


def test_a_secret_in_a_topic_is_not_in_the_report() -> None:
    told = {**TOLD, "cannot log in": replace(TOLD["cannot log in"], searched="[removed]")}
    evaluation = evaluate(FakeAssistant(ARTICLES, told), TOPICS, QRELS)
    html = render(evaluation, summarise(evaluation), "en")
    assert "[removed]" in html
    assert "cannot log in" not in html


def test_warnings_are_shown_where_they_apply(evaluation: Evaluation) -> None:
    plain = render(evaluation, summarise(evaluation), "en")
    assert english("lexical_only") not in plain
    assert english("calibration_refused") not in plain
    warned = replace(
        evaluation,
        lexical_only=True,
        unknown=(("t1", "gone-article"),),
        copied=("t2", "t3"),
        refused="It was fitted with another model.",
    )
    text = Page(render(warned, summarise(warned), "en")).text
    assert english("lexical_only") in text
    assert "gone-article" in text
    assert "2 questions stand word for word" in text
    assert "It was fitted with another model." in text


def test_no_topics_make_a_page_too(assistant: FakeAssistant) -> None:
    evaluation = evaluate(assistant, [], [])
    assert english("nothing_to_do") in Page(render(evaluation, summarise(evaluation), "en")).text


@pytest.mark.parametrize("name", ["report", "comparison"])
def test_both_languages_have_every_text(name: str) -> None:
    file = resources.files("evaluation") / "templates" / f"{name}.toml"
    rows = tomllib.loads(file.read_text(encoding="utf-8"))
    assert all(row.keys() == {"zh", "en"} and all(row.values()) for row in rows.values())


def test_the_language_is_told(evaluation: Evaluation) -> None:
    html = render(evaluation, summarise(evaluation), "zh")
    assert Page(html).named("html") == [{"lang": "zh-CN"}]
    chosen = [i for i in Page(html).named("input") if "checked" in i]
    assert [i["id"] for i in chosen] == ["show-zh"]
