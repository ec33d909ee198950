"""The generated load is as varied as the real history that it stands for (docs/sample.md)."""

from __future__ import annotations

import csv
import html
from collections import Counter

import pytest

from include.postings.taxonomy import SEED_PATH, load_taxonomy
from sample.companies import COMPANIES, company, draw_company
from sample.laws import at_quantile, company_rank
from sample.places import COUNTRIES, STATES, cities, draw_place, draw_places
from sample.prose import draw_length, paragraphs, sentence
from sample.rng import Rng
from sample.technologies import TECHNOLOGIES, draw_skills
from sample.truth import Truth
from sample.world import World

SHARES = SEED_PATH.parents[2] / "sample" / "technologies.csv"


@pytest.fixture(scope="module")
def jobs() -> list[tuple[Truth, str]]:
    world = World(comments=500, first_month="2024-01", last_month="2024-06")
    return [
        (block.truth, item["text"])
        for month in world.months()
        for block in world.blocks(month)
        if block.truth.is_job and (item := block.items[block.root])
    ]


def test_the_generator_knows_every_technology_of_the_seed() -> None:
    assert {one.id for one in TECHNOLOGIES} == set(load_taxonomy().by_id)
    assert len(TECHNOLOGIES) >= 1_133


def test_measured_shares_are_of_technologies_that_exist() -> None:
    with SHARES.open(encoding="utf-8", newline="") as file:
        measured = [row["technology_id"] for row in csv.DictReader(file)]
    assert len(measured) == len(set(measured)) >= 1_133
    assert set(measured) <= set(load_taxonomy().by_id)


def test_technologies_have_a_long_tail(jobs: list[tuple[Truth, str]]) -> None:
    counts = Counter(name for truth, _ in jobs for name in truth.skills)
    assert len(counts) > 450
    assert sum(count <= 2 for count in counts.values()) > 150
    most = counts.most_common(3)
    assert all(0.15 < count / len(jobs) < 0.4 for _, count in most)


def test_postings_name_four_skills_on_average_and_one_in_five_none() -> None:
    rng = Rng("skills")
    counts = [len(draw_skills(rng, "backend", 2024.5)) for _ in range(4_000)]
    assert 3.6 < sum(counts) / len(counts) < 4.4
    assert 0.15 < counts.count(0) / len(counts) < 0.26
    assert max(counts) > 15


def test_half_of_the_postings_offer_several_jobs(jobs: list[tuple[Truth, str]]) -> None:
    # 686 real ones, read by eye, offer 2.25 on average; 52 % offer one.
    counts = [len(truth.jobs) for truth, _ in jobs]
    assert 2.1 < sum(counts) / len(counts) < 2.5
    assert 0.45 < counts.count(1) / len(counts) < 0.55
    assert max(counts) > 8


def test_postings_name_as_many_skills_whatever_their_jobs(jobs: list[tuple[Truth, str]]) -> None:
    for several in (False, True):
        counts = [len(truth.skills) for truth, _ in jobs if (len(truth.jobs) > 1) == several]
        assert 3.4 < sum(counts) / len(counts) < 4.4
        assert 0.15 < counts.count(0) / len(counts) < 0.30


def test_several_jobs_are_listed_or_stand_in_one_line(jobs: list[tuple[Truth, str]]) -> None:
    several = [
        (truth, html.unescape(text).replace("<p>", "\n"))
        for truth, text in jobs
        if len(truth.jobs) > 1
    ]

    def lines(truth: Truth, text: str) -> list[str]:
        """Return the line of each job."""
        found = [job.title for job in truth.jobs]
        return [next(line for line in text.split("\n") if title in line) for title in found]

    written = [lines(*one) for one in several]
    assert 0.3 < sum(len(set(one)) == 1 for one in written) / len(written) < 0.6
    assert sum("href" in one[0] and len(set(one)) > 1 for one in written) > 0.1 * len(written)


def test_a_role_asks_more_for_its_own_technologies() -> None:
    rng = Rng("roles")

    def names(role: str) -> Counter[str]:
        return Counter(one.name for _ in range(2_000) for one in draw_skills(rng, role, 2024.5))

    assert names("frontend")["React"] > 3 * names("data")["React"]
    assert names("devops")["Kubernetes"] > 2 * names("design")["Kubernetes"]


def test_distinct_places_are_thousands_as_in_the_history() -> None:
    # The history's 93,453 postings name 6,640 combinations of places, 1,656 places.
    rng = Rng("places")
    drawn = [draw_places(rng) for _ in range(20_000)]
    assert len(set(drawn)) > 5_000
    names = Counter(short for places in drawn for _, short, _ in places)
    assert 700 < len(names) < 3_000
    assert sum(count == 1 for count in names.values()) > len(names) / 5
    assert names["San Francisco"] > 0.08 * len(drawn)


def test_places_are_written_as_people_do() -> None:
    rng = Rng("written")
    written = {draw_place(rng)[0] for _ in range(20_000)}
    assert {"Denver, CO", "DENVER, CO", "Denver", "Denver, Colorado", "Denver CO"} <= written
    assert {"Berlin", "Berlin, Germany", "London, UK", "SF", "NYC"} <= written
    assert any(place.startswith("Downtown ") for place in written)


def test_every_place_is_in_its_text_and_in_a_known_country() -> None:
    rng = Rng("known")
    for written, short, country in (draw_place(rng) for _ in range(5_000)):
        assert short in written
        assert country in COUNTRIES
    assert all(city.country in COUNTRIES for city in cities())
    assert "TX" in STATES


def test_companies_are_as_many_and_as_uneven_as_in_the_history() -> None:
    # The history's 93,453 postings have 26,095 companies, 14,133 of them once, one 138 times.
    rng = Rng("companies")
    counts = Counter(draw_company(rng) for _ in range(93_453))
    assert 20_000 < len(counts) < 32_000
    assert sum(count == 1 for count in counts.values()) > 8_000
    assert 80 < max(counts.values()) < 250


def test_no_two_companies_share_a_name() -> None:
    assert len({company(rank) for rank in range(5 * COMPANIES)}) == 5 * COMPANIES
    assert {company_rank(share, 60) for share in (0.0, 0.999_999)} == {0, 58}


def test_texts_are_distinct_and_as_long_as_real_ones(jobs: list[tuple[Truth, str]]) -> None:
    lengths = sorted(len(text) for _, text in jobs)
    assert 1_150 < sum(lengths) / len(lengths) < 1_500
    assert lengths[len(lengths) // 20] < 700
    assert lengths[-len(lengths) // 20] > 2_200
    assert len({text for _, text in jobs}) > 0.95 * len(jobs)


def test_sentences_hardly_repeat_and_name_no_technology() -> None:
    from include.postings.technologies import default_matcher

    rng = Rng("prose")
    sentences = [sentence(rng) for _ in range(5_000)]
    assert len(set(sentences)) > 3_500
    assert default_matcher().count(" ".join(sentences)) == ()
    assert not any(set("<>&\"'/") & set(one) for one in sentences)


def test_paragraphs_fill_a_posting_up_to_the_length_of_its_kind() -> None:
    assert draw_length(Rng(1), 100) == pytest.approx(draw_length(Rng(1)) * 100 / 1_308)
    assert list(paragraphs(Rng(1), 10_000)) == []
    assert at_quantile(((0.0, 0), (1.0, 10)), 0.25) == 2.5
