"""The domains that a posting names."""

from __future__ import annotations

import time

import pytest

from include.postings.domains import MAX_DOMAINS, domain_of, domains_in


def test_domains_of_links_addresses_and_text_are_found_once_in_their_order():
    text = (
        "Acme | Oslo | acme.test<p>"
        '<a href="https:&#x2F;&#x2F;jobs.birch.io&#x2F;acme&#x2F;index.html" rel="nofollow">'
        "https:&#x2F;&#x2F;jobs.birch.io&#x2F;acme&#x2F;ind...</a>"
        "<p>Write to jobs@mail.cedar.co.uk, or see http://www.ACME.test/?u=elm.com (fir.org)."
    )
    assert domains_in(text) == ("acme.test", "birch.io", "cedar.co.uk", "fir.org")


@pytest.mark.parametrize(
    "text",
    [
        "We hire.We pay.",
        "Ovens...and more",
        "Node.js, Vue.ts and jobs.html",
        "at 3.5 e.g. i.e. U.S. v1.2",
        "https://localhost/acme.test",
        "a/path.to",
        "name.surname@",
        "",
    ],
)
def test_what_looks_like_a_domain_is_none(text):
    assert domains_in(text) == ()


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("Jobs.Acme.COM", "acme.com"),
        ("acme.co.uk", "acme.co.uk"),
        ("www.acme.com.au", "acme.com.au"),
        ("acme.io", "acme.io"),
        ("co.uk", "co.uk"),
        ("a.b.acme.dev", "acme.dev"),
    ],
)
def test_a_domain_is_what_its_owner_registered(host, domain):
    assert domain_of(host) == domain


def test_a_list_of_sites_is_cut():
    assert len(domains_in(" ".join(f"acme{n}.test" for n in range(100)))) == MAX_DOMAINS


@pytest.mark.parametrize("hostile", ["a.", ".aa", "a.aa@", "//a", "-.a", ".com.com", "a.b.c.d "])
def test_a_hostile_text_is_read_in_linear_time(hostile):
    begun = time.process_time()
    domains_in(hostile * (400_000 // len(hostile)))
    assert time.process_time() - begun < 2
