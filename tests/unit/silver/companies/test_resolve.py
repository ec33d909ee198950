"""Postings resolved to companies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.silver.companies.evidence import Claim, Evidence, claim_of, slug_of
from include.silver.companies.names import fit, read_name
from include.silver.companies.overrides import Overrides
from include.silver.companies.resolve import resolve
from include.silver.companies.shared import is_institution


def said(
    company: str,
    *links: str,
    by: str | None = None,
    month: int = 1,
) -> Evidence:
    """What a posting says; a link with a colon is a board."""
    return Evidence(
        company,
        tuple(link for link in links if ":" not in link),
        tuple(link for link in links if ":" in link),
        by,
        dt.date(2020, month, 1),
    )


def keys(*evidence: Evidence, overrides: dict[tuple[str, str], str] | None = None) -> list[str]:
    return [one.company_key if one else "" for one in resolve(evidence, Overrides(overrides or {}))]


def test_a_name_is_one_company_in_every_spelling():
    assert set(keys(said("Apple, Inc."), said("Apple"), said("apple.com"))) == {"apple"}


def test_a_domain_joins_the_names_that_it_carries():
    found = keys(said("Acme Technologies", "acme.test"), said("Acme", "acme.test", month=2))
    assert found == ["acmetechnologies"] * 2


def test_a_short_name_is_that_of_the_longer_whose_domain_it_has():
    found = keys(said("Birch", "birchovens.test"), said("Birch Ovens", "birchovens.test"))
    assert set(found) == {"birchovens"}


def test_a_board_joins_the_names_that_it_carries():
    assert set(keys(said("Acme Labs", "lever:acme"), said("Acme", "lever:acme"))) == {"acme"}


@pytest.mark.parametrize("link", ["customer.test", "github.com", "twitter.com", "lever:birch"])
def test_a_link_that_carries_neither_name_joins_nothing(link):
    assert keys(said("Acme", link), said("Cedar", link)) == ["acme", "cedar"]


def test_a_division_stays_apart_from_its_company():
    assert keys(said("Acme", "acme.test"), said("Acme Ovens", "acme.test")) == ["acme", "acmeovens"]


def test_departments_of_one_university_stay_apart():
    one, two = said("Yarrow Lab", "yarrow.edu"), said("Yarrow", "yarrow.edu")
    assert len(set(keys(one, two))) == 2


def test_companies_of_one_name_with_domains_of_their_own_stay_apart():
    found = keys(said("Atlas", "atlas.test"), said("Atlas", "getatlas.test", month=2))
    assert found == ["atlas", "atlas~getatlas.test"]


@pytest.mark.parametrize(
    "bridge",
    [
        (said("Atlas", "atlas.test", "getatlas.test"),),
        (said("Atlas", "atlas.test", by="jo"), said("Atlas", "getatlas.test", by="jo")),
        (said("Atlas", "atlas.test", "lever:at"), said("Atlas", "getatlas.test", "lever:at")),
    ],
    ids=["a posting with both", "an author", "a board"],
)
def test_evidence_in_common_joins_the_domains_of_one_name(bridge):
    found = keys(said("Atlas", "atlas.test"), said("Atlas", "getatlas.test", month=2), *bridge)
    assert set(found) == {"atlas"}


def test_a_posting_without_a_domain_is_of_the_only_company_of_its_name():
    one, two = resolve([said("Atlas", "atlas.test"), said("Atlas")])
    assert one
    assert two
    assert (one.company_key, one.matched_by, one.domains) == ("atlas", "domain", ("atlas.test",))
    assert (two.company_key, two.matched_by, two.domains) == ("atlas", "name", ())


def test_a_posting_without_a_domain_stays_apart_where_several_have_the_name():
    found = keys(
        said("Atlas", "atlas.test", month=2), said("Atlas", "getatlas.test", month=3), said("Atlas")
    )
    assert found == ["atlas", "atlas~getatlas.test", "atlas~unknown"]


def test_an_author_tells_which_company_of_the_name_it_is():
    found = resolve(
        [said("Atlas", "atlas.test", by="jo"), said("Atlas", "getatlas.test", month=2),
         said("Atlas", by="jo", month=3)]
    )  # fmt: skip
    assert found[2]
    assert (found[2].company_key, found[2].matched_by) == ("atlas", "author")


def test_a_short_name_alone_is_not_the_longer_one():
    found = keys(
        said("Birch", "birchovens.test"), said("Birch Ovens", "birchovens.test"), said("Birch")
    )
    assert found == ["birchovens", "birchovens", "birch"]


def test_a_later_company_of_the_name_does_not_rename_the_first():
    first = said("Atlas", "atlas.test")
    assert keys(first) == keys(first, said("Atlas", "atlas.dev", month=2))[:1]


def test_a_later_spelling_does_not_rename_the_company():
    first = said("Acme Labs", "acme.test")
    assert keys(first) == keys(first, said("Acme", "acme.test", month=2))[:1]


def test_a_domain_that_has_the_name_somewhere_is_another_company():
    found = keys(said("Atlas", "atlas.test"), said("Atlas", "newatlas.test", month=2))
    assert found == ["atlas", "atlas~newatlas.test"]
    assert keys(said("Atlas", "newatlas.test"), said("New Atlas", "newatlas.test")) == [
        "atlas", "newatlas",
    ]  # fmt: skip


def test_a_name_that_no_domain_carries_is_one_company_unless_its_links_differ():
    same = [said("Ember Ovens", "eo.test"), said("Ember Ovens", "eo.test"), said("Ember Ovens")]
    assert set(keys(*same)) == {"emberovens"}
    assert keys(said("Baker", "one.test"), said("Baker", "two.test"), said("Baker")) == [
        "baker~one.test", "baker~two.test", "baker",
    ]  # fmt: skip


def test_a_company_without_a_name_has_no_key():
    assert resolve([said("", "acme.test"), said("???")]) == [None, None]


def test_a_shared_domain_is_the_company_of_that_name():
    (one,) = resolve([said("GitHub", "github.com")])
    assert one
    assert one.domains == ("github.com",)


def test_an_override_joins_and_splits():
    overrides = {("meta", ""): "meta", ("facebook", ""): "meta",
                 ("atlas", "atlas.dev"): "atlasdev", ("", "lever:x"): "cedar"}  # fmt: skip
    found = resolve(
        [said("Facebook", "facebook.com"), said("Meta"), said("Atlas", "atlas.dev"),
         said("Atlas", "atlas.test"), said("Acme", "lever:x")],
        Overrides(overrides),
    )  # fmt: skip
    assert [one.company_key if one else "" for one in found] == [
        "meta", "meta", "atlasdev", "atlas", "cedar",
    ]  # fmt: skip
    assert [one.matched_by if one else "" for one in found].count("override") == 4


NAMES = ["Atlas", "Atlas Labs", "ATLAS, Inc.", "Atlas Obscura", "Birch", "Birch Ovens", "b.io"]
LINKS = [
    "customer.test", "press.test", "newatlas.test",
    "atlas.test", "getatlas.test", "atlas.dev", "atlasobscura.test", "birch.io", "birch.edu",
    "birchovens.test", "github.com", "lever:atlas", "lever:birch", "ashby:obscura",
]  # fmt: skip
POSTINGS = st.lists(
    st.builds(
        lambda company, links, by, month: said(company, *links, by=by, month=month),
        st.sampled_from(NAMES),
        st.lists(st.sampled_from(LINKS), max_size=3, unique=True),
        st.sampled_from([None, "jo", "mo"]),
        st.integers(1, 12),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(POSTINGS, st.randoms(use_true_random=False))
def test_the_order_of_postings_changes_nothing(postings, random):
    shuffled = list(enumerate(postings))
    random.shuffle(shuffled)
    found = resolve([posting for _, posting in shuffled])
    by_place = {place: one for (place, _), one in zip(shuffled, found, strict=True)}
    assert [by_place[place] for place in range(len(postings))] == resolve(postings)


@settings(max_examples=60, deadline=None)
@given(POSTINGS)
def test_companies_are_those_that_a_search_of_pairs_finds(postings):
    found = [one.company_key for one in resolve(postings) if one]
    assert _partition(found) == _partition(_searched(postings))


def _partition(labels: Sequence[object]) -> set[frozenset[int]]:
    return {frozenset(n for n, other in enumerate(labels) if other == one) for one in labels}


def _searched(postings: Sequence[Evidence]) -> list[int]:
    """The number of each posting's company: pairs of postings compared until nothing changes."""
    claims: list[Claim] = []
    for posting in postings:
        name = read_name(posting.company)
        assert name
        claims.append(claim_of(name, posting))
    labels = list(range(len(claims)))
    _spread(labels, lambda a, b: _tied(claims[a], postings[a], claims[b], postings[b]))
    groups = {label: [n for n, one in enumerate(labels) if one == label] for label in labels}
    known = {
        label
        for label, members in groups.items()
        if any(claims[n].domains for n in members) or len({claims[n].name.key for n in members}) > 1
    }
    apart: set[int] = set()
    # A name that no domain carries and that links to several others' domains is no company's.
    carried = {claim.name.key for claim in claims if claim.domains}
    for name in {claim.name.key for claim in claims} - carried:
        sites = {
            labels[n]
            for n, claim in enumerate(claims)
            if claim.name.key == name and labels[n] not in known and _sites(claim)
        }
        known |= sites if len(sites) > 1 else set()
        apart |= sites if len(sites) > 1 else set()
    final = list(labels)
    for name in {claim.name.key for claim in claims}:
        of_name = [n for n, claim in enumerate(claims) if claim.name.key == name]
        rest = [n for n in of_name if labels[n] not in known]
        companies = {labels[n] for n in of_name if labels[n] in known - apart}
        joined = rest[:1] and labels[rest[0]]
        if len(companies) == 1:
            (company,) = companies
            alone = {claims[n].name.key for n in groups[company]} == {name}
            whole = any(claims[n].fit == "whole" for n in of_name if labels[n] == company)
            joined = company if alone or whole else joined
        for n in rest:
            final[n] = int(joined or 0)
    return final


def _sites(claim: Claim) -> set[str]:
    return {node.value for node in claim.nodes if node.kind == "site"}


def _spread(labels: list[int], tied) -> None:
    changed = True
    while changed:
        changed = False
        for a in range(len(labels)):
            for b in range(a):
                if labels[a] != labels[b] and tied(a, b):
                    labels[a] = labels[b] = min(labels[a], labels[b])
                    changed = True


def _tied(one: Claim, said_one: Evidence, two: Claim, said_two: Evidence) -> bool:
    domains = set(one.domains) & set(two.domains)
    boards = set(one.boards) & set(two.boards)
    if one.name.key == two.name.key:
        by = said_one.author is not None and said_one.author == said_two.author
        return bool(domains or boards or by or _sites(one) & _sites(two))
    carried = {
        board
        for board in boards
        if all(fit(claim.name, slug_of(board)) == "whole" for claim in (one, two))
    }
    if "within" in (one.fit, two.fit):
        domains = set()
    return bool(carried) or any(not is_institution(domain) for domain in domains)
