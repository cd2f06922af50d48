"""The page: safe, whole, in two languages, readable without a network."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from evaluation import Evaluation, evaluate, render, summarise
from evaluation.texts import texts
from indexer import Article
from tests.evaluation.conftest import ARTICLES, QRELS, TOLD, TOPICS
from tests.evaluation.standins import FakeAssistant

VOID = {"meta", "br", "line", "circle", "rect", "path"}


class Page(HTMLParser):
    """Collects elements and visible text; fails on elements that do not nest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        # End tags of li, dt and the like are always written.
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(params=["zh", "en"])
def page(request: pytest.FixtureRequest, evaluation: Evaluation) -> Page:
    return Page(render(evaluation, summarise(evaluation), request.param))


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
    assert all(chart.get("aria-label") for chart in charts)
    decoration = [svg for svg in page.named("svg") if svg.get("role") != "img"]
    assert all(svg.get("aria-hidden") == "true" for svg in decoration)


def test_figures_are_told_with_their_intervals_and_sizes(evaluation: Evaluation) -> None:
    text = Page(render(evaluation, summarise(evaluation), "en")).text
    assert "60.0% 23.1–88.2% · of 5" in text
    assert "66.7% 20.8–93.9% · of 3" in text
    assert "7: 5 that an article answers, 2 that none does" in text


def test_failures_are_listed_from_the_most_confident_on(evaluation: Evaluation) -> None:
    text = Page(render(evaluation, summarise(evaluation), "en")).text
    answered = text.index("Answered directly, and wrong (1)")
    first = text.index("The right article was not first (no direct answer was given) (2)")
    held = text.index("The right article was first, but was not given as the answer (1)")
    assert answered < text.index("0.85 weather tomorrow") < first
    assert first < text.index("0.60 cannot log in") < text.index("0.00 客服几点上班") < held
    assert held < text.index("0.40 fees or hours")


def test_a_failure_tells_expected_got_rival_and_evidence(evaluation: Evaluation) -> None:
    text = Page(render(evaluation, summarise(evaluation), "en")).text
    entry = text[text.index("cannot log in") : text.index("客服几点上班")]
    assert "→ What is the miner fee? asked back" in entry
    assert "Expected 登录不了怎么办？ login (rank 2)" in entry
    assert "Got What is the miner fee? fees · en · 0.60" in entry
    assert "Matched question matched question" in entry
    assert "Runner-up 登录不了怎么办？ login · zh · 0.50" in entry
    # The evidence that differs most comes first.
    assert "Evidence Got Expected closeness +0.60 +0.50 intercept −1.00 −1.00" in entry
    silent = text[text.index("客服几点上班") :]
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
    words = texts("en")
    assert words["lexical_only"] not in render(evaluation, summarise(evaluation), "en")
    warned = replace(evaluation, lexical_only=True, unknown=(("t1", "gone-article"),))
    text = Page(render(warned, summarise(warned), "en")).text
    assert words["lexical_only"] in text
    assert "gone-article" in text


def test_no_topics_make_a_page_too(assistant: FakeAssistant) -> None:
    evaluation = evaluate(assistant, [], [])
    assert texts("en")["none_here"] in Page(render(evaluation, summarise(evaluation), "en")).text


def test_both_languages_have_every_text() -> None:
    assert texts("zh").keys() == texts("en").keys()
    assert all(texts("zh").values())
    assert all(texts("en").values())


def test_the_language_is_told(evaluation: Evaluation) -> None:
    html = render(evaluation, summarise(evaluation), "zh")
    assert Page(html).named("html") == [{"lang": "zh-CN"}]
    assert "检索评测报告" in html
    assert "Evaluation report" not in html
