"""What search engines read."""

import json
import xml.etree.ElementTree as ET

import pytest
from flask.testing import FlaskClient

from server.engine import Assistant
from server.web.seo import iso_date, spoken_date
from tests.web.centre import ARTICLES, app_over
from tests.web.reading import BROWSER, Page, read

_SITE = "https://help.example"
_MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def public(assistant: Assistant) -> FlaskClient:
    return app_over(assistant, public_url=f"{_SITE}/").test_client()


def structured(html: str) -> dict[str, object]:
    """Return the page's structured data as a browser reads it: up to the first end of a script."""
    _, _, rest = html.partition('<script type="application/ld+json">')
    found: dict[str, object] = json.loads(rest.partition("</script>")[0])
    return found


def test_the_sitemap_lists_every_page_that_exists(public: FlaskClient) -> None:
    response = public.get("/sitemap.xml")
    assert response.mimetype == "application/xml"
    urls = ET.fromstring(response.get_data(as_text=True)).findall(f"{_MAP}url")
    places = {str(url.findtext(f"{_MAP}loc")): url for url in urls}
    assert len(places) == len(urls)
    assert {f"{_SITE}/{a.lang}/articles/{a.id}" for a in ARTICLES} <= set(places)
    for place in places:
        path = place.removeprefix(_SITE)
        assert public.get(path, headers=BROWSER).status_code == 200
        page = read(public, path)
        assert [x["href"] for x in page.all("link") if x["rel"] == "canonical"] == [place]
    both = places[f"{_SITE}/zh/articles/deposit-late"]
    assert both.findtext(f"{_MAP}lastmod") == "2026-11-20"
    assert {(x.get("hreflang"), x.get("href")) for x in both.findall(f"{_XHTML}link")} == {
        ("zh-Hans", f"{_SITE}/zh/articles/deposit-late"),
        ("en", f"{_SITE}/en/articles/deposit-late"),
    }
    assert places[f"{_SITE}/en/articles/fees"].findall(f"{_XHTML}link") == []


def test_pages_name_each_other_in_both_languages(public: FlaskClient) -> None:
    for lang in ("zh", "en"):
        links = read(public, f"/{lang}/articles/deposit-late").all("link")
        assert {x["hreflang"]: x["href"] for x in links if x["rel"] == "alternate"} == {
            "zh-Hans": f"{_SITE}/zh/articles/deposit-late",
            "en": f"{_SITE}/en/articles/deposit-late",
        }


@pytest.mark.parametrize(
    "address", ["/zh/?q=fees", "/zh/articles/fees", "/en/tickets/", "/en/desk/login", "/zh/nothing"]
)
def test_what_is_no_page_of_its_own_is_kept_out(client: FlaskClient, address: str) -> None:
    page = Page(client.get(address, headers=BROWSER).get_data(as_text=True))
    assert {"name": "robots", "content": "noindex"} in page.all("meta")
    assert not [x for x in page.all("link") if x["rel"] == "canonical"]


def test_robots_find_the_sitemap_and_leave_the_rest(public: FlaskClient) -> None:
    lines = public.get("/robots.txt").get_data(as_text=True).splitlines()
    assert lines[-1] == f"Sitemap: {_SITE}/sitemap.xml"
    assert {"Disallow: /v1/", "Disallow: /zh/desk/", "Disallow: /en/tickets/"} <= set(lines)


def test_an_article_is_a_question_and_its_answer(public: FlaskClient) -> None:
    html = public.get("/zh/articles/deposit-late").get_data(as_text=True)
    told = structured(html)
    assert (told["@type"], told["dateModified"]) == ("FAQPage", "2026-11-20")
    (entity,) = told["mainEntity"]  # type: ignore[misc]
    assert entity["name"] == "充值没有到账怎么办？"
    assert entity["acceptedAnswer"]["text"].startswith("<p>先在<strong>区块浏览器</strong>")


def test_a_long_article_is_a_question_for_each_section(client: FlaskClient) -> None:
    told = structured(client.get("/en/articles/guide").get_data(as_text=True))
    assert [entity["name"] for entity in told["mainEntity"]] == [  # type: ignore[attr-defined]
        "What is staking?",
        "How long does unbonding take?",
    ]


def test_structured_data_ends_no_script(client: FlaskClient) -> None:
    told = structured(client.get("/en/articles/markup").get_data(as_text=True))
    assert told["mainEntity"][0]["name"] == 'Show <b>bold</b> & "quoted" text'  # type: ignore[index]
    assert "<script>alert" not in client.get("/en/articles/markup").get_data(as_text=True)


def test_dates_are_told_as_people_write_them() -> None:
    assert spoken_date("2026-01-05", "zh") == "2026年1月5日"
    assert spoken_date("2026-01-05", "en") == "5 January 2026"
    assert spoken_date("last spring", "en") == "last spring"
    assert iso_date("2026-1-5") is None
