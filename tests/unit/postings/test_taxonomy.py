"""The seed as data: complete, unambiguous, sorted."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from include.errors import ConfigurationError
from include.postings.taxonomy import load_taxonomy, parse_taxonomy

TAXONOMY = load_taxonomy()
ROW = {
    "technology_id": "x",
    "name": "X",
    "category": "tool",
    "aliases": "ecks|x tool",
    "exact": "",
    "weak": "",
    "near": "",
    "never": "",
    "unless": "",
    "company": "",
}


def test_at_least_400_technologies():
    assert len(TAXONOMY.technologies) >= 400


def test_no_two_technologies_share_a_spelling_in_any_case():
    owners = defaultdict(set)
    for technology in TAXONOMY.technologies:
        for spelling in technology.spellings():
            owners[spelling.lower()].add(technology.id)
    assert {s: ids for s, ids in owners.items() if len(ids) > 1} == {}


def test_no_spelling_is_one_of_its_own_technologys_never_phrases():
    for technology in TAXONOMY.technologies:
        never = {phrase.lower() for phrase in technology.never}
        assert never.isdisjoint(s.lower() for s in technology.spellings()), technology.id


def test_no_spelling_is_listed_twice_in_a_row():
    for technology in TAXONOMY.technologies:
        spellings = list(technology.spellings())
        assert len(spellings) == len(set(spellings)), technology.id


def test_ids_are_stable_slugs_and_names_are_unique():
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", t.id) for t in TAXONOMY.technologies)
    names = [t.name.lower() for t in TAXONOMY.technologies]
    assert len(names) == len(set(names))


def test_rows_are_sorted_by_id_so_that_a_new_one_has_one_place():
    ids = [t.id for t in TAXONOMY.technologies]
    assert ids == sorted(ids)


def test_near_words_come_only_with_a_weak_spelling():
    assert [t.id for t in TAXONOMY.technologies if t.near and not t.weak] == []


@pytest.mark.parametrize(
    "key", ["postgresql", "c-plus-plus", "c-sharp", "dotnet", "nodejs", "go", "r", "kubernetes"]
)
def test_known_ids_stay(key):
    assert key in TAXONOMY.by_id


def test_a_cell_joins_spellings_with_a_bar():
    technology = parse_taxonomy([ROW], "v").technologies[0]
    assert technology.any_case == ("X", "ecks", "x tool")


def test_a_name_governed_by_weak_does_not_count_in_any_case():
    technology = parse_taxonomy([ROW | {"weak": "X"}], "v").technologies[0]
    assert technology.any_case == ("ecks", "x tool")


def test_a_repeated_id_is_named():
    with pytest.raises(ConfigurationError, match=r"twice.*\[x\]"):
        parse_taxonomy([ROW, ROW], "v")


def test_a_row_without_a_column_is_reported():
    row = {key: value for key, value in ROW.items() if key != "never"}
    with pytest.raises(ConfigurationError, match="never"):
        parse_taxonomy([row], "v")


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(ConfigurationError, match="dbt/seeds"):
        load_taxonomy(tmp_path / "absent.csv")
