"""A static site: what is in it, what is left out, and how a folder is replaced."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import pytest

from include.errors import ConfigurationError, ServingError
from include.insights.posting.contacts import LEFT_OUT
from include.insights.store import ServingStore
from include.web.site import Written, write_site
from include.web.site.answers import public
from include.web.site.choices import CHOICES, chosen
from include.web.site.folder import MARKER, replaced
from include.web.site.questions import Question
from tests.stores import NewStores
from tests.unit.web.conftest import publish_web

LIMITS = {"default": 1e6}
FEW = chosen(["Berlin: location=Berlin&days=365"])


@pytest.fixture(scope="module")
def store(own_store_url: NewStores) -> Iterator[ServingStore]:
    store = ServingStore(own_store_url.once("web", publish_web))
    yield store
    store.close()


@pytest.fixture(scope="module")
def written(store: ServingStore, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written]:
    folder = tmp_path_factory.mktemp("site") / "public"
    return folder, write_site(store, LIMITS, folder, FEW)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [v for k, v in attrs if k in ("href", "src", "data-charts") and v]


def test_every_link_and_file_of_a_page_exists(written: tuple[Path, Written]) -> None:
    folder, _ = written
    for page in ("index.html", "methods.html"):
        links = Links((folder / page).read_text()).found
        local = [link for link in links if "://" not in link]
        assert len(local) > 10
        for link in local:
            target = re.split(r"[?#]", link)[0] or page
            assert not link.startswith("/"), "a sub-path would be left"
            assert (folder / target).is_file(), link
    for script in (folder / "static" / "js").glob("*.js"):
        for name in re.findall(r'from "(\./[^"]+)"', script.read_text()):
            assert (script.parent / name).is_file(), name


def test_addresses_elsewhere_are_links_only(written: tuple[Path, Written]) -> None:
    text = (written[0] / "index.html").read_text()
    loaded = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"', text)
    assert loaded
    assert [address for address in loaded if ":" in address] == []
    assert 'http-equiv="Content-Security-Policy"' in text
    assert "frame-ancestors" not in text  # a policy in the page cannot say it


def test_sources_that_may_not_be_passed_on_count_nowhere(
    written: tuple[Path, Written], store: ServingStore
) -> None:
    folder, report = written
    assert {"remotive", "theirstack"} <= set(report.left_out)
    answers = {path: path.read_text() for path in (folder / "data").rglob("*.json")}
    assert [path for path, text in answers.items() if re.search("remotive|theirstack", text)] == []
    summary = json.loads((folder / "data/summary/all.json").read_text())
    with store.read() as snapshot:
        index = snapshot.index
        hacker_news = index.fold(index.bits("source", "hacker_news")).bit_count()
        assert summary["postings_count"] == hacker_news < index.fold(index.all).bit_count()
    assert [source["source"] for source in summary["sources"]] == ["hacker_news"]
    assert "rejects" not in summary


def test_same_store_gives_the_same_bytes(
    written: tuple[Path, Written], store: ServingStore, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    report = write_site(store, LIMITS, again, FEW)
    assert contents(again) == contents(written[0])
    assert report == written[1]
    assert report.files == len(contents(again))


def test_postings_have_no_texts_and_no_next_page(written: tuple[Path, Written]) -> None:
    (page,) = (written[0] / "data/postings").glob("*days_365*")
    answer = json.loads(page.read_text())
    assert answer["data"]
    assert answer["meta"]["next_cursor"] is None
    assert "description_raw" not in answer["data"][0]
    assert answer["data"][0]["attribution"]["name"] == "Hacker News"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Engineer @ Acme, jane.doe+jobs@acme.test", f"Engineer @ Acme, {LEFT_OUT}"),
        ("Write to jane [at] acme dot test", f"Write to {LEFT_OUT}"),
        ("Call (555) 010-4477 or +49 30 1234567", f"Call {LEFT_OUT} or {LEFT_OUT}"),
        ("Opportunity@Work, 2025-06-01, $120,000 - $150,000", None),
    ],
)
def test_contacts_of_persons_are_removed(text: str, shown: str | None) -> None:
    url = "https://acme.test/jobs/555-010-4477"
    row = {"title": text, "url": url, "share": 0.12345678901}
    answer = json.loads(public(json.dumps(row)))
    assert answer == {"title": shown or text, "url": url, "share": 0.123457}


def test_foreign_folder_is_not_replaced(store: ServingStore, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    (tmp_path / MARKER).write_text('{"format": "another"}')
    with pytest.raises(ConfigurationError, match="no site that TechPulse has written"):
        write_site(store, LIMITS, tmp_path, FEW)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    for name in ("old", "new"):
        with replaced(folder) as new:
            (new / name).write_text(name)
    assert sorted(contents(folder)) == ["new", MARKER]
    assert list(tmp_path.iterdir()) == [folder]


def test_failure_leaves_the_old_site(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    with replaced(folder) as new:
        (new / "old").write_text("old")

    def fail() -> None:
        with replaced(folder) as half:
            (half / "new").write_text("new")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert sorted(contents(folder)) == ["old", MARKER]
    assert list(tmp_path.iterdir()) == [folder]


def test_what_a_killed_run_left_is_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    left = tmp_path / ".public.abc.site"
    left.mkdir()
    (left / "half").write_text("")
    with replaced(folder) as new:
        (new / "page").write_text("")
    assert list(tmp_path.iterdir()) == [folder]


def test_site_that_a_killed_run_took_away_is_put_back(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    with replaced(folder) as new:
        (new / "old").write_text("old")
    folder.rename(tmp_path / ".public.abc.old.site")

    def fail() -> None:
        with replaced(folder):
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert sorted(contents(folder)) == ["old", MARKER]


def test_folder_that_a_link_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with replaced(tmp_path / "link") as new:
        (new / "page").write_text("")
    assert (tmp_path / "link").is_symlink()
    assert sorted(contents(tmp_path / "real")) == ["page", MARKER]


@pytest.mark.parametrize(
    "text",
    [
        "location=Berlin",
        "Berlin:",
        ": location=Berlin",
        "May: start_date=2025-05",
        "Old: role=backend",
        "Odd: colour=red",
        "Wrong: roles=wizard",
    ],
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="no filter of the site"):
        chosen([text])


def test_filters_with_one_file_are_refused(store: ServingStore, tmp_path: Path) -> None:
    two = chosen(["A: q=c%2B%2B", "B: q=c%23"])
    with pytest.raises(ConfigurationError, match="the same files"):
        write_site(store, LIMITS, tmp_path / "public", two)
    assert list(tmp_path.iterdir()) == []


def test_filter_of_a_source_that_may_not_be_passed_on_is_refused(
    store: ServingStore, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="only sources that may not"):
        write_site(store, LIMITS, tmp_path / "public", chosen(["R: sources=remotive"]))


def test_store_without_a_public_source_is_refused(
    store: ServingStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Closed:
        may_be_passed_on = False

    monkeypatch.setattr("include.web.site.build.terms_of", lambda _name: Closed)
    with pytest.raises(ServingError, match="no posting that may be shown"):
        write_site(store, LIMITS, tmp_path / "public", FEW)


def test_file_is_named_by_its_question() -> None:
    question = Question("places", {"within": "US-CA", "days": "90", "top": "10", "q": "São C++"})
    assert question.file == "places/days_90.q_s-o-c-.within_us-ca.json"
    assert Question("summary", {}).file == "summary/all.json"
    assert len({choice.query for choice in CHOICES}) == len(CHOICES)


def test_of_two_at_once_the_last_to_end_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    with replaced(folder) as first:
        (first / "first").write_text("")
        with replaced(folder) as second:
            (second / "second").write_text("")
        assert sorted(contents(folder)) == ["second", MARKER]
        (first / "more").write_text("")
    assert sorted(contents(folder)) == ["first", "more", MARKER]
    assert list(tmp_path.iterdir()) == [folder]


def test_many_at_once_leave_one_whole_site(tmp_path: Path) -> None:
    folder = tmp_path / "public"

    def write(n: int) -> None:
        with replaced(folder, n=str(n)) as new:
            (new / "page").write_text(str(n))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(200)))
    assert sorted(contents(folder)) == ["page", MARKER]
    assert (folder / "page").read_text() == json.loads((folder / MARKER).read_text())["n"]
    assert list(tmp_path.iterdir()) == [folder]


def test_what_is_put_there_while_a_site_is_written_stays(tmp_path: Path) -> None:
    folder = tmp_path / "public"

    def write() -> None:
        with replaced(folder):
            folder.mkdir()
            (folder / "thesis.txt").write_text("mine")

    with pytest.raises(ConfigurationError, match="no site that TechPulse has written"):
        write()
    assert contents(folder) == {"thesis.txt": b"mine"}


def test_slow_ones_at_once_leave_one_whole_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is looked at between its two names, and none that is half deleted is put back."""
    folder, delete, rename = tmp_path / "public", shutil.rmtree, Path.rename

    def delete_slowly(path: Path, **options: bool) -> None:
        if path.name.endswith(".old.site"):
            (path / MARKER).unlink(missing_ok=True)
            time.sleep(0.003)
        delete(path, **options)

    def rename_slowly(self: Path, to: Path) -> Path:
        renamed = rename(self, to)
        time.sleep(0.003)
        return renamed

    def write(n: int) -> None:
        with replaced(folder, n=str(n)) as new:
            (new / "page").write_text(str(n))

    monkeypatch.setattr(shutil, "rmtree", delete_slowly)
    monkeypatch.setattr(Path, "rename", rename_slowly)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(100)))
    assert sorted(contents(folder)) == ["page", MARKER]
    assert list(tmp_path.iterdir()) == [folder]


def test_swap_that_fails_puts_the_old_site_back_with_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, genuine = tmp_path / "public", Path.rename
    with replaced(folder) as new:
        (new / "old").write_text("")

    def rename(self: Path, to: Path) -> Path:
        if to == folder:
            raise PermissionError(13, "no")
        return genuine(self, to)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        with pytest.raises(PermissionError), replaced(folder):
            pass
    with pytest.raises(OSError, match="disk full"), replaced(folder):
        raise OSError("disk full")
    assert sorted(contents(folder)) == ["old", MARKER]
