"""The report of names that the taxonomy lacks."""

from __future__ import annotations

from bench.unknown import Unknown, unknown_names


def test_names_beside_known_ones_are_counted_by_company():
    postings = [
        ("Fernglow", "Stack: Python, Lampwire, PostgreSQL<p>We like Lampwire"),
        ("fernglow", "Go, Lampwire and Kafka"),
        ("Mossglow", "Rust / Lampwire / Kafka"),
        (None, "Python, Fogdb, Redis"),
    ]
    assert unknown_names(postings) == [Unknown("Lampwire", 2), Unknown("Fogdb", 1)]


def test_prose_places_jobs_and_addresses_are_no_unknown_names():
    text = (
        "Python, Oslo, Kafka<p>Python, Senior Engineer, Kafka<p>Python, fern.example.com, Kafka"
        "<p>Python, lamps, Kafka<p>Lampwire, Fogdb and nothing known"
    )
    assert unknown_names([("Fernglow", text)]) == []
