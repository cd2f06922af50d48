"""The help pages, read as a browser without scripts reads them."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.web.centre import ARTICLES, SECRET
from tests.web.reading import BROWSER, assert_sound, read

XSS = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'"
LANGUAGES = ["zh", "en"]

EVERY_PAGE = [
    ("/zh/", {}, 200),
    ("/en/", {"warning": "secret"}, 200),
    ("/zh/", {"q": "充值没有到账怎么办"}, 200),
    ("/zh/", {"q": "如何充值"}, 200),
    ("/en/", {"q": "how do I bake bread"}, 200),
    ("/en/", {"q": "x" * 2001}, 422),
    ("/zh/articles/fees", {}, 200),
    ("/en/articles/guide", {}, 200),
    ("/en/articles/markup", {}, 200),
    ("/zh/articles/nothing", {}, 404),
    ("/nothing", {}, 404),
    ("/zh/articles/", {}, 200),
    ("/en/topics/nothing", {}, 404),
    ("/en/products/nothing", {}, 404),
    ("/zh/topics/deposit", {}, 200),
    ("/en/products/tpwallet", {}, 200),
    ("/zh/glossary", {}, 200),
    ("/zh/contact", {"q": "充值", "article": "fees"}, 200),
    ("/en/tickets/", {}, 200),
    ("/en/tickets/T-2026-000001", {}, 200),
    ("/zh/desk/login", {}, 200),
    ("/docs", {}, 200),
]


@pytest.mark.parametrize(("address", "query", "status"), EVERY_PAGE)
def test_every_page_is_sound(
    client: FlaskClient, address: str, query: dict[str, str], status: int
) -> None:
    assert_sound(read(client, address, status, **query))


@pytest.mark.parametrize(("address", "query", "status"), EVERY_PAGE)
def test_every_link_leads_somewhere(
    client: FlaskClient, address: str, query: dict[str, str], status: int
) -> None:
    page = read(client, address, status, **query)
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in ids
            continue
        target = urlsplit(link)
        assert not target.netloc
        found = client.get(link.split("#")[0], headers=BROWSER)
        assert found.status_code == 200 or (status == 422 and found.status_code == 422)
        if target.fragment:
            assert f'id="{target.fragment}"' in found.get_data(as_text=True)


@pytest.mark.parametrize(
    ("accepted", "place"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "/zh/"), ("en-GB,en;q=0.9", "/en/"), ("de", "/zh/"), ("", "/zh/")],
)
def test_the_root_leads_to_the_readers_language(
    client: FlaskClient, accepted: str, place: str
) -> None:
    response = client.get("/", headers={"Accept-Language": accepted})
    assert (response.status_code, response.location) == (302, place)
    assert "Accept-Language" in response.headers["Vary"]


def test_the_form_works_without_scripts(client: FlaskClient) -> None:
    page = read(client, "/zh/")
    (form,) = page.all("form")
    assert (form["action"], form["method"]) == ("/zh/", "get")
    (field,) = page.all("input")
    assert (field["name"], field["maxlength"]) == ("q", "2000")
    assert [label["for"] for label in page.all("label")] == [field["id"]]
    assert page.all("button")[0]["type"] == "submit"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_article_is_listed(client: FlaskClient, lang: str) -> None:
    listed = read(client, f"/{lang}/articles/").articles
    assert sorted(listed) == [
        f"/{lang}/articles/{ident}" for ident in sorted(a.id for a in ARTICLES if a.lang == lang)
    ]


def test_home_leads_to_what_is_urgent_and_asked_often_and_to_every_shelf(
    client: FlaskClient,
) -> None:
    page = read(client, "/zh/")
    assert page.articles == ["/zh/articles/freeze", "/zh/articles/deposit-howto"]
    assert {"/zh/topics/deposit", "/zh/products/tpwallet", "/zh/contact"} <= set(page.links)


def test_a_topic_lists_its_articles_under_its_name(client: FlaskClient) -> None:
    page = read(client, "/zh/topics/deposit")
    assert page.articles == ["/zh/articles/deposit-howto", "/zh/articles/deposit-late"]
    assert "/en/topics/deposit" in page.links


def test_a_product_lists_what_holds_for_it_alone(client: FlaskClient) -> None:
    assert read(client, "/zh/products/tpwallet").articles == ["/zh/articles/deposit-late"]
    assert "TP Wallet" in read(client, "/en/products/tpwallet").text


def test_an_answer_is_shown_with_its_confidence_in_words(client: FlaskClient) -> None:
    page = read(client, "/zh/", q="充值没有到账怎么办")
    assert "充值没有到账怎么办？" in page.text
    assert "先在区块浏览器查交易哈希。" in page.text
    assert "这很可能就是您要的答案" in page.text
    assert page.all("strong")  # Markdown became HTML
    assert "/zh/articles/deposit-late" in page.links
    assert page.field("q") == "充值没有到账怎么办"


def test_choices_are_links(client: FlaskClient) -> None:
    page = read(client, "/zh/", q="如何充值")
    assert "您是想问：" in page.text
    assert page.articles == ["/zh/articles/deposit-howto", "/zh/articles/deposit-late"]


@pytest.mark.parametrize(
    ("lang", "question", "said"),
    [("zh", "天气怎么样", "请由人工客服为您处理"), ("en", "how do I bake bread", "A person will")],
)
def test_a_hand_off_says_how(client: FlaskClient, lang: str, question: str, said: str) -> None:
    page = read(client, f"/{lang}/", q=question)
    assert said in page.text
    assert {"zh": "没有确切的答案", "en": "No answer is certain"}[lang] in page.text


def test_a_human_is_promised_without_talk_of_certainty(client: FlaskClient) -> None:
    page = read(client, "/zh/", q="转人工")
    assert "为您转接人工客服" in page.text
    assert "没有确切的答案" not in page.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_secret_leaves_the_address_and_the_field(client: FlaskClient, lang: str) -> None:
    response = client.get(f"/{lang}/", query_string={"q": f"is this right? {SECRET}"})
    assert response.status_code == 303
    assert "abandon" not in str(response.headers) + response.get_data(as_text=True)
    page = read(client, response.location)
    assert page.field("q") == ""
    assert {"zh": "助记词、私钥、密码", "en": "mnemonic, private key, password"}[lang] in page.text
    assert "alert" in [attributes.get("role") for attributes in page.all("section")]
    assert not any("abandon" in link for link in page.links)


def test_a_question_that_is_too_long_is_told(client: FlaskClient) -> None:
    page = read(client, "/en/", 422, q="y" * 2001)
    assert "2000 characters at most" in page.text
    assert "yyyy" not in page.text


@pytest.mark.parametrize("question", ["", "   ", "　"])
def test_no_question_is_the_home_page(client: FlaskClient, question: str) -> None:
    page = read(client, "/en/", q=question)
    assert "Browse by topic" in page.text


def test_control_characters_do_no_harm(client: FlaskClient) -> None:
    assert client.get("/en/?q=fees%00%01").status_code == 200
    assert client.get("/en/?q=fees%ff%fe").status_code == 400


def test_a_question_runs_no_script(client: FlaskClient) -> None:
    for lang in ("zh", "en"):
        page = read(client, f"/{lang}/", q=XSS)
        assert not [
            x for x in page.all("script") if "src" not in x and x["type"] != "application/ld+json"
        ]
        assert all(x["src"].startswith("/static/") for x in page.all("img"))
        assert page.field("q") == XSS


def test_an_article_runs_no_script(client: FlaskClient) -> None:
    for page in (read(client, "/en/articles/markup"), read(client, "/en/", q="bold quoted text")):
        assert 'Show <b>bold</b> & "quoted" text' in page.text
        assert page.all("b") == []
        assert all(x["src"].startswith("/static/") for x in page.all("img"))
        assert not any("javascript" in link for link in page.links)


def test_the_language_switch_keeps_the_question(client: FlaskClient) -> None:
    page = read(client, "/zh/", q="gas & fees?")
    (switch,) = [a for a in page.all("a") if a.get("class") == "switch"]
    assert switch["hreflang"] == switch["lang"] == "en"
    target = urlsplit(switch["href"])
    assert target.path == "/en/"
    assert parse_qs(target.query) == {"q": ["gas & fees?"]}


def test_an_article_has_twin_date_and_relatives(client: FlaskClient) -> None:
    page = read(client, "/zh/articles/deposit-late")
    assert page.all("time")[0]["datetime"] == "2026-11-20"
    assert "/en/articles/deposit-late" in page.links
    assert {"/zh/articles/deposit-howto", "/en/articles/fees"} <= set(page.links)


def test_a_long_article_has_contents(client: FlaskClient) -> None:
    page = read(client, "/en/articles/guide")
    assert [x for x in page.links if x.startswith("#section")] == ["#section-1", "#section-2"]
    assert "Unbonding takes 21 days." in page.text


def test_an_article_in_the_other_language_only_says_so(client: FlaskClient) -> None:
    page = read(client, "/zh/articles/fees")
    assert "目前只有英文版" in page.text
    assert page.all("article")[0]["lang"] == "en"
    assert page.all("html")[0]["lang"] == "zh-Hans"


def test_an_unknown_article_is_a_friendly_page(client: FlaskClient) -> None:
    page = read(client, "/zh/articles/nothing", 404)
    assert "没有找到这个页面" in page.text
    assert page.all("form")
    assert re.search(r"request_id: [0-9a-f]{32}", page.text)


def test_only_two_languages_have_pages(client: FlaskClient) -> None:
    assert client.get("/fr/").status_code == 404
