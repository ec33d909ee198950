"""Companies' names, compared with each other and with domains and boards."""

from __future__ import annotations

import pytest

from include.silver.companies.names import fit, read_name


def key(written: str) -> str | None:
    name = read_name(written)
    return name.key if name else None


@pytest.mark.parametrize(
    "names",
    [
        ("Acme", "ACME, Inc.", "acme.com", "Acme L.L.C.", "Acme GmbH", " acme "),
        ("Café Ørsted", "Cafe Orsted", "CAFÉ ØRSTED A.S."),
        ("Acme Ovens", "AcmeOvens", "acme-ovens"),
        ("Ben & Sons", "Ben and Sons", "Ben &amp; Sons"),
        ("Acme sp. z o.o.", "Acme"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_of_one_name_are_equal(names):
    assert len({key(name) for name in names}) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("Acme", "Acme Ovens"),
        ("Acme", "The Acme"),
        ("Acme", "Acme.io"),
        ("Acme", "Acme Labs"),
        ("AT&T", "AT and T"),
    ],
)
def test_other_names_are_not(names):
    assert len({key(name) for name in names}) == len(names)


@pytest.mark.parametrize("nothing", ["", "  ", "???", "🙂"])
def test_a_name_without_a_letter_is_none(nothing):
    assert read_name(nothing) is None


@pytest.mark.parametrize(
    ("name", "label", "found"),
    [
        ("Acme", "acme", "whole"),
        ("Acme, Inc.", "getacme", "whole"),
        ("Acme", "acmehq", "whole"),
        ("Acme", "acme-careers", "whole"),
        ("Acme", "acme-2", "whole"),
        ("Acme Technologies", "acmetech", "whole"),
        ("The Acme Group", "acme", "whole"),
        ("Acme Oven Makers", "aom", "whole"),
        ("Acmer", "acmerovens", "start"),
        # Four letters begin too many labels.
        ("Acme", "acmeovens", "within"),
        ("Acmer", "bestacmer", "within"),
        # A division is not certain to be its own company, nor to be none.
        ("Acme Ovens", "acme", None),
        ("Acme", "birch", None),
        ("Go", "goat", None),
        ("Acme.io", "acme", "whole"),
        ("Acme Ovens", "ao", None),
    ],
)
def test_a_label_carries_a_name_whole_at_its_start_or_not(name, label, found):
    read = read_name(name)
    assert read is not None
    assert fit(read, label) == found
