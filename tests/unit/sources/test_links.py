"""A posting's link as its name: two jobs never become one, one job keeps its id."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest

from include.sources.links import canonical_url, is_link, without_tracking

PAGE = "https://acme.example/careers"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://A.example/Jobs/1?utm_source=x&utm_campaign=d1", "https://a.example/Jobs/1"),
        ("https://a.example/1?id=7&gclid=x#apply", "https://a.example/1?id=7"),
        ("https://a.example/1?ref=JOB-7", "https://a.example/1?ref=JOB-7"),
        ("https://a.example/1?b=2&a=", "https://a.example/1?b=2&a="),
        ("https://a.example/1?%75tm_source=x", "https://a.example/1"),
        ("https://a.example/1?fbclid", "https://a.example/1"),
        (f"{PAGE}#utm_source=x", PAGE),
        (f"{PAGE}#/job/7?utm_source=x", f"{PAGE}#/job/7"),
        (f"{PAGE}#/job?utm_source=x&id=7", f"{PAGE}#/job?id=7"),
        (f"{PAGE}#/job/7:~:text=Senior", f"{PAGE}#/job/7"),
    ],
)
def test_tracking_parameters_do_not_name_a_posting(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize(
    "fragment",
    ["/jobs/101", "op-12", "job-7", "7", "!/jobs/7", "jobDetails=9_9", "&jid=9", "senior-engineer",
     "job/ahBzfnJvbGVwb", "devops", "QA_Automation", "%E9", "アクメ", "!/search/?exclude=a&b=1",
     "openJobsDataIntern"],
)  # fmt: skip
def test_a_fragment_that_names_a_job_stays_as_it_was_sent(fragment: str) -> None:
    assert canonical_url(f"{PAGE}#{fragment}") == f"{PAGE}#{fragment}"
    other = canonical_url(f"{PAGE}#{fragment}2")
    assert other not in (PAGE, canonical_url(f"{PAGE}#{fragment}"))


@pytest.mark.parametrize(
    "fragment",
    ["", "/", "top", "apply", "open-positions", "Jobs", "section_jobs", "join-us", "!/careers/",
     ":~:text=Senior%20engineer", ".V9R9pMrJTYA", ".Vb94xkF0keE.twitter"],
)  # fmt: skip
def test_a_fragment_that_is_a_place_on_the_page_names_no_job(fragment: str) -> None:
    assert canonical_url(f"{PAGE}#{fragment}") == PAGE


@pytest.mark.parametrize(
    "query",
    ["12345", "3h6W3iw9", "q=%E9t%E9", "q=%e9", "q=a/b", "q=a,b", "q=a%2Cb", "q=a%20b", "q=a+b",
     "b=2&a=1&b=3", "senior-data-scientist", "a=1&b", "=7"],
)  # fmt: skip
def test_what_stays_of_a_query_stays_byte_for_byte(query: str) -> None:
    assert canonical_url(f"{PAGE}?{query}") == f"{PAGE}?{query}"
    assert canonical_url(f"{PAGE}?utm_source=x&{query}&gclid=y") == f"{PAGE}?{query}"


@pytest.mark.parametrize("url", ["remotive://7#Top", "himalayas://A?utm_source=x", "", "ftp://A.b"])
def test_what_is_no_link_is_its_own_name(url: str) -> None:
    assert canonical_url(url) == url


@pytest.mark.parametrize("value", [None, 3, "", "job/1", "ftp://a.example", "http://", "http://[x"])
def test_only_web_addresses_are_links(value: object) -> None:
    assert not is_link(value)


def test_only_links_are_compared_without_tracking() -> None:
    payload = {"url": "https://a.example/?utm_source=x", "title": "see ?utm_source=x", "n": 1}
    assert without_tracking(payload) == {**payload, "url": "https://a.example/"}


def test_two_records_that_differ_in_the_fragment_alone_are_two_versions() -> None:
    one, other = ({"url": f"{PAGE}#/jobs/{number}"} for number in (1, 2))
    assert without_tracking(one) != without_tracking(other)


def _first_rule(url: str) -> str:
    """Return what named a posting before fragments did: frozen, to compare with."""
    parts = urlsplit(url.strip())
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not re.match(r"(utm_|mc_|hsa_|pk_)|(fbclid|[gd]clid|msclkid|yclid|igshid|trk)$",
                        name.lower())
    ]  # fmt: skip
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path, urlencode(kept), ""))


def _links(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _links(part)
    elif isinstance(value, str):
        yield from filter(is_link, [value, *map(unescape, re.findall(r'href="([^"]+)"', value))])


def _links_of_comments(folder: Path, every: int) -> Iterator[str]:
    for path in sorted(folder.glob("*.gz"))[::every]:
        with gzip.open(path, "rt") as lines:
            for found in re.findall(r'href=\\"([^"\\]+)', lines.read()):  # quicker than all as JSON
                yield from filter(is_link, [unescape(found)])


def _is_as_before(url: str) -> bool:
    """Tell whether a link has nothing that the first rule changed without need."""
    parts = urlsplit(url.strip())
    named = [p for p in parts.query.split("&") if p]
    return not parts.fragment and urlencode(parse_qsl("&".join(named), True)) == "&".join(named)


@pytest.mark.shared
@pytest.mark.parametrize("every", [10, pytest.param(1, marks=pytest.mark.slow)])
def test_ids_of_recorded_links_are_as_before(shared_data: Path, every: int) -> None:
    recorded = [json.loads(path.read_text()) for path in shared_data.glob("**/*.json")]
    links = {url for answer in recorded for url in _links(answer)}
    assert sum(map(_is_as_before, links)) > 0.9 * len(links)
    links |= set(_links_of_comments(shared_data.parent / "history" / "hn", every))
    assert len(links) > 80_000 / every
    for url in links:
        name = canonical_url(url)
        assert canonical_url(name) == name
        if _is_as_before(url):
            assert name == _first_rule(url), url
