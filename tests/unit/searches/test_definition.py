"""What an operator may write, and what each mistake is called."""

from __future__ import annotations

import pytest

from include.errors import ConfigurationError
from include.searches.definition import MAX_SEARCHES, SavedSearch, parse_searches

FEED = 'feed = "x.xml"\n'


def one(text: str) -> SavedSearch | ConfigurationError:
    return parse_searches(f"[one]\n{text}", "searches.toml")["one"]


def filter_of(text: str) -> SavedSearch:
    search = one(f"filter = {text}\n{FEED}")
    assert isinstance(search, SavedSearch), search
    return search


def test_filter_is_a_query_string_or_a_table() -> None:
    texts = (
        '"q=%22data+engineer%22&location=Berlin&roles=data,backend"',
        '"?location=Berlin&roles=data,backend&q=%22data%20engineer%22"',
        '{ q = "\\"data engineer\\"", location = "Berlin", roles = ["data", "backend"] }',
    )
    searches = [filter_of(text) for text in texts]
    assert searches[0].parameters == {
        "q": '"data engineer"',
        "location": "Berlin",
        "roles": "data,backend",
    }
    assert len({search.filter_digest for search in searches}) == 1


def test_empty_filter_is_every_posting() -> None:
    assert filter_of('""').parameters == filter_of("{}").parameters == {}
    assert filter_of('""').filter_digest != filter_of('"remote=remote"').filter_digest


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (FEED, "filter: Field required"),
        (f'filter = "roles=cook"\n{FEED}', r"filter\.roles: String should match"),
        (f'filter = "colour=red"\n{FEED}', r"filter\.colour: Extra inputs"),
        (f'filter = "location=a&location=b"\n{FEED}', r"filter: Given more than once: location"),
        (f'filter = "berlin"\n{FEED}', "filter: bad query field"),
        (f"filter = 3\n{FEED}", "filter: Input should be a valid dictionary"),
        (f'filter = "q=\'\\"open"\n{FEED}', r"filter\.q: q, character 2"),
        (f'filter = "days=30"\n{FEED}', "filter: leave out days: .*first_days"),
        (f'filter = "start_date=2026-01"\n{FEED}', "filter: leave out start_date"),
        (f'filter = ""\nevery = "minute"\n{FEED}', "every: Input should be 'publish'"),
        (f'filter = ""\nfirst_days = -1\n{FEED}', "first_days: "),
        (f'filter = ""\nper_message = 0\n{FEED}', "per_message: "),
        (f'filter = ""\ncolor = 1\n{FEED}', "color: Extra inputs"),
        ('filter = ""', "give a notifier, a feed, or both"),
        (f'filter = ""\nkwargs = {{ to = "a" }}\n{FEED}', "give the notifier"),
        ('filter = ""\nfeed = "/etc/cron.d/x"', "feed: name a file below .*TECHPULSE_FEED_DIR"),
        ('filter = ""\nfeed = "../warehouse.duckdb"', "feed: name a file below"),
        ('filter = ""\nfeed = "a/../../b.xml"', "feed: name a file below"),
        ('filter = ""\nfeed = "."', "feed: name a file below"),
        ('filter = ""\nfeed = ""', "feed: name a file below"),
        ('filter = ""\nfeed = "a\\u0000b"', "feed: name a file below"),
    ],
)
def test_mistake_is_named_with_its_search_and_the_next_step(text: str, why: str) -> None:
    error = one(text)
    assert isinstance(error, ConfigurationError)
    with pytest.raises(ConfigurationError, match=rf"'one' cannot be used: .*{why}.*Next step"):
        raise error


@pytest.mark.parametrize("name", ["token", "slack_api_token", "smtp_password", "client_secret"])
def test_secret_belongs_in_a_connection_and_is_not_repeated(name: str) -> None:
    error = one(f'filter = ""\nnotifier = "a.B"\nkwargs = {{ {name} = "hunter2" }}')
    assert isinstance(error, ConfigurationError)
    assert f"put {name} into an Airflow connection" in str(error)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize("name", ["Berlin", "a b", "-a", "a" * 41, "../x", "ä"])
def test_name_is_safe_in_a_file_a_header_and_a_subject(name: str) -> None:
    (error,) = parse_searches(f'["{name}"]\nfilter = ""\n{FEED}', "searches.toml").values()
    assert "a name has up to 40 of a-z" in str(error)


def test_other_searches_are_usable() -> None:
    text = f'wrong = 1\n[bad]\n[good]\nfilter = ""\n{FEED}[same]\nfilter = ""\n{FEED}'
    text += '[spelled]\nfilter = ""\nfeed = "./x.xml"\n'
    found = parse_searches(text, "searches.toml")
    usable = [name for name, search in found.items() if isinstance(search, SavedSearch)]
    assert usable == ["good"]
    assert "it is not a table" in str(found["wrong"])
    assert "feed: 'good' has the same file" in str(found["same"])
    assert "feed: 'good' has the same file" in str(found["spelled"])


def test_text_that_is_no_toml_names_file_and_line() -> None:
    with pytest.raises(ConfigurationError, match=r"not TOML: .*line 2.*\[the/file\] Next step"):
        parse_searches("[a]\nfilter = \n", "the/file")


def test_searches_are_bounded() -> None:
    text = "".join(f"[s{n}]\n" for n in range(MAX_SEARCHES + 1))
    with pytest.raises(ConfigurationError, match="at most 200"):
        parse_searches(text, "searches.toml")
