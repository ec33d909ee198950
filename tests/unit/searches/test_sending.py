"""From the store to a mailbox or a feed: each posting once, after late loads, edits and kills."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from airflow.sdk import BaseHook, BaseNotifier
from click.testing import CliRunner

from include.cli.searches import searches
from include.errors import ConfigurationError, DeliveryError, ServingError
from include.searches import sending
from include.searches.feed import write_feed
from include.searches.sending import due_searches, send_search
from include.settings import get_settings
from tests.unit.searches.conftest import NOW, Mailbox, Stores, die, kill_in

MAIL = """
[all]
filter = ""
every = "publish"
first_days = 30
notifier = "airflow.providers.smtp.notifications.smtp.SmtpNotifier"
kwargs = { to = "me@example.org" }
"""
FEED = """
[all]
filter = "sources=hacker_news,remotive,theirstack"
every = "publish"
first_days = 30
feed = "all.xml"
"""
RUN = "scheduled__2026-11-26"
ATOM = "{http://www.w3.org/2005/Atom}"
Use = Callable[[str], None]
Write = Callable[[str], Path]


def html_of(message: Any) -> str:
    part = message.get_payload(0) if message.is_multipart() else message
    return str(part.get_payload(decode=True).decode())


def entries() -> list[str]:
    """The ids in the feed, newest first."""
    root = ET.parse(get_settings().data_dir / "feeds" / "all.xml").getroot()
    found = [str(one.findtext(f"{ATOM}id")) for one in root.findall(f"{ATOM}entry")]
    return [one.removeprefix("urn:uuid:").replace("-", "") for one in found]


def test_new_postings_arrive_by_mail_once_and_then_it_is_quiet(
    stores: Stores, use: Use, write: Write, mailbox: Mailbox
) -> None:
    use(stores.full)
    write(MAIL)
    assert send_search("all", NOW, RUN) == {"search": "all", "messages": 2, "postings": 30}
    first, second = mailbox.received
    assert (first["To"], first["From"]) == ("me@example.org", "techpulse@example.org")
    assert first["Subject"] == "all: 25 new postings"
    assert second["Subject"] == "all: 5 new postings"
    assert first["Auto-Submitted"] == "auto-generated"
    for message in mailbox.received:
        assert re.fullmatch(r"<[0-9a-f]{32}@all\.saved-search\.techpulse>", message["Message-ID"])
        assert "https://" in html_of(message)
        assert "Source: <a" in html_of(message)
    assert send_search("all", NOW + timedelta(days=1), RUN)["messages"] == 0
    assert len(mailbox.received) == 2


def test_what_a_source_says_is_text_in_the_mail(
    stores: Stores, use: Use, write: Write, mailbox: Mailbox
) -> None:
    use(stores.full)
    write(MAIL)
    send_search("all", NOW, RUN)
    page = "".join(map(html_of, mailbox.received))
    assert "Engineer &lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;!channel&gt;</a>" in page
    assert "Übermut &amp; Söhne" in page
    assert "<script" not in page


def test_late_load_is_sent_and_an_edit_is_not(
    stores: Stores, use: Use, write: Write, mailbox: Mailbox
) -> None:
    write(FEED)
    use(stores.early)
    assert send_search("all", NOW, RUN)["postings"] == len(stores.ids) - len(stores.late)
    use(stores.full)
    assert send_search("all", NOW, RUN)["postings"] == len(stores.late)
    use(stores.edited)
    assert send_search("all", NOW, RUN)["postings"] == 0
    use(stores.early)  # a restored store
    send_search("all", NOW, RUN)
    use(stores.full)
    assert send_search("all", NOW, RUN)["postings"] == 0
    assert sorted(entries()) == sorted(stores.ids)


def test_feed_has_the_last_days_and_at_least_a_number(
    stores: Stores, use: Use, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MIN_ENTRIES", 8)
    write(FEED)
    use(stores.early)
    send_search("all", NOW, RUN)
    use(stores.full)
    send_search("all", NOW + timedelta(days=1), RUN)
    assert len(entries()) == len(stores.ids)  # all of the last days
    (get_settings().data_dir / "feeds" / "all.xml").unlink()
    send_search("all", NOW + timedelta(days=20), RUN)
    assert sorted(entries()[: len(stores.late)]) == sorted(stores.late)
    assert len(entries()) == 8


def test_first_run_sends_nothing_posted_before_it(stores: Stores, use: Use, write: Write) -> None:
    use(stores.full)
    write(FEED.replace("first_days = 30\n", ""))
    assert send_search("all", NOW, RUN)["postings"] == 0
    assert entries() == []  # a reader may subscribe already
    write(FEED.replace("[all]", "[two]").replace("first_days = 30", "first_days = 5"))
    assert 0 < send_search("two", NOW, RUN)["postings"] < len(stores.ids)


def test_message_killed_before_it_was_marked_is_the_only_one_sent_again(
    stores: Stores, use: Use, write: Write, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(stores.early)
    write(MAIL.replace("first_days", "per_message = 10\nfirst_days"))
    messages = iter(range(9))

    def notifier(search: Any) -> Any:
        send = genuine(search)

        def send_and_die(news: Any) -> None:
            send(news)
            if next(messages) == 1:
                die()

        return send_and_die

    genuine = sending.notifier_of
    with monkeypatch.context() as patch:
        patch.setattr(sending, "notifier_of", notifier)
        kill_in(lambda: send_search("all", NOW, RUN))
    assert len(mailbox.received) == 2
    use(stores.full)  # a publish meanwhile changes neither the message nor its id
    send_search("all", NOW + timedelta(hours=1), RUN)
    ids = [message["Message-ID"] for message in mailbox.received]
    assert ids[1] == ids[2]
    assert len(set(ids)) == len(ids) - 1
    again = [re.findall(r"<h2>.*</h2>", html_of(message)) for message in mailbox.received[1:3]]
    assert again[0] == again[1]
    shown = [html_of(one).count("<article") for one in mailbox.received]
    assert sum(shown) - shown[1] == len(stores.ids)


def write_and_die(path: Path, content: bytes) -> None:
    write_feed(path, content)
    die()


def begin_and_die(path: Path, content: bytes) -> None:
    path.with_name(f".{path.name}.part").write_bytes(content[: len(content) // 2])
    die()


@pytest.mark.parametrize("moment", ["before the rename", "after the rename"])
def test_feed_has_each_posting_once_after_a_kill(
    stores: Stores, use: Use, write: Write, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    use(stores.early)
    write(FEED)
    send_search("all", NOW, RUN)
    before = entries()
    use(stores.full)
    with monkeypatch.context() as patch:
        is_before = moment == "before the rename"
        patch.setattr(sending, "write_feed", begin_and_die if is_before else write_and_die)
        kill_in(lambda: send_search("all", NOW, RUN))
    assert entries() == before if is_before else len(entries()) == len(stores.ids)
    later = NOW + timedelta(hours=1)
    assert send_search("all", later, RUN)["postings"] == len(stores.late)
    assert send_search("all", later, RUN)["postings"] == 0
    assert sorted(entries()) == sorted(stores.ids)


def test_feed_leaves_out_sources_that_forbid_it_and_mail_does_not(
    stores: Stores, use: Use, write: Write, mailbox: Mailbox
) -> None:
    use(stores.full)
    write(MAIL)
    assert send_search("all", NOW, RUN)["postings"] == len(stores.ids)
    assert 'Source: <a href="https://remotive.com/' in "".join(map(html_of, mailbox.received))
    # The feed comes later: what was mailed is in it, but for those sources.
    write(MAIL + 'feed = "all.xml"\n')
    send_search("all", NOW, RUN)
    text = (get_settings().data_dir / "feeds" / "all.xml").read_text()
    assert 0 < len(entries()) < len(stores.ids)
    assert "Remotive" not in text
    assert "Hacker News" in text


def test_message_that_could_not_be_sent_is_sent_with_the_next_run(
    stores: Stores, use: Use, write: Write, mailbox: Mailbox
) -> None:
    use(stores.full)
    write(MAIL.replace("publish", "weekly"))
    mailbox.refusing = True
    with pytest.raises(DeliveryError, match=r"'all' could not be sent.*searches test all"):
        send_search("all", NOW, RUN)
    assert due_searches(NOW) == ["all"]
    mailbox.refusing = False
    assert send_search("all", NOW, RUN)["postings"] == len(stores.ids)
    assert due_searches(NOW) == []
    assert due_searches(NOW + timedelta(days=7)) == ["all"]


def test_file_may_have_a_byte_order_mark(write: Write) -> None:
    write("\ufeff" + FEED)
    assert due_searches(NOW) == ["all"]


def test_wrong_search_fails_alone(stores: Stores, use: Use, write: Write) -> None:
    use(stores.full)
    write(FEED + '[bad]\nfilter = "roles=cook"\nfeed = "b.xml"\n')
    assert due_searches(NOW) == ["all", "bad"]
    assert send_search("all", NOW, RUN)["postings"] == len(stores.ids)
    with pytest.raises(ConfigurationError, match=r"'bad' cannot be used: filter\.roles: .*Next"):
        send_search("bad", NOW, RUN)


def test_changed_filter_begins_where_the_former_one_stopped(
    stores: Stores, use: Use, write: Write
) -> None:
    use(stores.early)
    write(FEED.replace("hacker_news,", ""))
    boards = send_search("all", NOW, RUN)["postings"]
    assert 0 < boards < 15
    write(FEED.replace("first_days = 30\n", ""))
    use(stores.full)
    # All of the store's postings are of the days before the former filter ran last.
    assert send_search("all", NOW + timedelta(days=3), RUN)["postings"] == 0
    write(FEED.replace("sources", "q=engineer&sources"))
    send_search("all", NOW + timedelta(days=4), RUN)
    assert len(entries()) == len(set(entries()))


class Chat(BaseNotifier):
    """A notifier as Slack's, with its text as a template."""

    template_fields = ("text",)
    sent: list[str] = []

    def __init__(self, channel: str, text: str = "") -> None:
        super().__init__()
        self.channel, self.text = channel, text

    def notify(self, context: Any) -> None:
        self.sent.append(f"{self.channel} {self.text}")


class Webhook(BaseNotifier):
    """A notifier whose client repeats its address, which is secret, in its errors."""

    def __init__(self, conn_id: str) -> None:
        super().__init__()
        self.conn_id = conn_id

    def notify(self, context: Any) -> None:
        secret = BaseHook.get_connection(self.conn_id).password
        raise OSError(f"no answer from https://hooks.example.org/{secret}")


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> str:
    import sys

    monkeypatch.setitem(sys.modules, "chats", sys.modules[__name__])
    Chat.sent.clear()
    return 'notifier = "chats.Chat"\nkwargs = { channel = "#jobs" }\n'


def test_chat_gets_text_whose_markup_is_escaped(
    stores: Stores, use: Use, write: Write, chat: str
) -> None:
    use(stores.full)
    write(FEED.replace('feed = "all.xml"', chat))
    send_search("all", NOW, RUN)
    text = "".join(Chat.sent)
    assert text.startswith("#jobs 25 new postings for all")
    assert "&lt;!channel&gt;" in text
    assert "<!channel>" not in text
    assert "(Hacker News)" in text
    assert "Sources: Hacker News https://news.ycombinator.com/" in text


def test_templates_of_the_operator_are_filled(
    stores: Stores, use: Use, write: Write, chat: str
) -> None:
    use(stores.full)
    text = "{{ news.search }}: {{ news.postings | length }}, {{ news.postings[0].url }}"
    write(FEED.replace('feed = "all.xml"', chat.replace(" }", f", text = '{text}' }}")))
    send_search("all", NOW, RUN)
    assert Chat.sent[0].startswith("#jobs all: 25, https://")


def test_error_of_a_notifier_does_not_repeat_the_secret_of_its_connection(
    stores: Stores, use: Use, write: Write, chat: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(stores.full)
    hook = {"conn_type": "generic", "password": "T00-B00-hunter2"}
    monkeypatch.setenv("AIRFLOW_CONN_HOOK", json.dumps(hook))
    write(FEED + 'notifier = "chats.Webhook"\nkwargs = { conn_id = "hook" }\n')
    with pytest.raises(DeliveryError, match=r"OSError: no answer from https://hooks\.") as found:
        send_search("all", NOW, RUN)
    assert "hunter2" not in str(found.value)


@pytest.mark.parametrize(
    ("notifier", "why"),
    [
        ('notifier = "chats.Nobody"', "cannot be imported"),
        ('notifier = "no_provider.Notifier"', "cannot be imported"),
        ('notifier = "pathlib.Path"', "is not an Airflow notifier"),
        ('notifier = "chats.Chat"\nkwargs = { room = "#jobs" }', "its kwargs do not fit"),
        ('notifier = "chats.Chat"\nkwargs = { channel = "x", text = "{{ news." }', "a template"),
    ],
)
def test_notifier_that_cannot_be_used_is_named(
    stores: Stores, use: Use, write: Write, chat: str, notifier: str, why: str
) -> None:
    use(stores.full)
    write(FEED.replace('feed = "all.xml"', notifier))
    with pytest.raises(ConfigurationError, match=rf"search 'all' cannot be used: .*{why}.*Next"):
        send_search("all", NOW, RUN)
    assert Chat.sent == []


def test_without_a_file_or_a_variable_nothing_is_due(write: Write) -> None:
    assert due_searches(NOW) == []
    write("# none yet\n")
    assert due_searches(NOW) == []


def test_list_of_none_says_where_to_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_TECHPULSE_SEARCHES", "# none")
    done = CliRunner().invoke(searches, ["list"])
    assert (done.exit_code, done.stdout) == (
        0,
        "There are no saved searches: docs/operations.md shows how to write them.\n",
    )


def test_variable_is_read_where_there_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_TECHPULSE_SEARCHES", FEED)
    assert due_searches(NOW) == ["all"]


def test_without_a_store_the_error_says_what_to_run(use: Use, write: Write, tmp_path: Path) -> None:
    use(f"sqlite:///{tmp_path / 'none.sqlite'}")
    write(FEED)
    with pytest.raises(ServingError, match="run the analytics DAG"):
        send_search("all", NOW, RUN)


def test_preview_shows_what_would_be_sent_and_marks_nothing(
    stores: Stores, use: Use, write: Write
) -> None:
    use(stores.full)
    write(MAIL)
    shown = [CliRunner().invoke(searches, ["preview", "all"]).stdout for _ in range(2)]
    assert shown[0] == shown[1]
    assert shown[0].count("Subject: all: ") == 2
    assert "30 new" not in shown[0]
    page = CliRunner().invoke(searches, ["preview", "all", "--html"]).stdout
    assert page.count("<article>") == len(stores.ids)


def test_test_sends_a_message_that_marks_nothing_and_goes_on_after_an_error(
    stores: Stores, use: Use, write: Write, mailbox: Mailbox
) -> None:
    use(stores.full)
    both = FEED + MAIL.partition("first_days = 30\n")[2]
    write('[bad]\nfilter = ""\n' + both)
    done = CliRunner().invoke(searches, ["test"])
    assert done.exit_code == 1
    assert "'bad' cannot be used: give a notifier, a feed, or both" in done.stderr
    assert done.stdout == (
        "all: 30 postings match; sent by SmtpNotifier, its feed can be written\n"
    )
    (message,) = mailbox.received
    assert message["Subject"] == "all: test"
    assert "A test of the saved search all: 30 postings match it" in html_of(message)
    assert html_of(message).count("<article>") == 3
    assert list((get_settings().data_dir / "feeds").iterdir()) == []
    assert send_search("all", NOW, RUN)["postings"] == len(stores.ids)


def test_list_shows_each_search_with_its_state(stores: Stores, use: Use, write: Write) -> None:
    use(stores.full)
    write(FEED.replace("publish", "daily") + '[Bad]\nfilter = ""\n')
    done = CliRunner().invoke(searches, ["list"])
    assert done.exit_code == 1
    assert "'Bad' cannot be used: name: " in done.stderr
    assert re.search(r"all +│ daily │ feed all\.xml │ new ", done.stdout)
    send_search("all", NOW, RUN)
    write(FEED.replace("publish", "daily"))
    done = CliRunner().invoke(searches, ["list"])
    assert done.exit_code == 0
    assert re.search(r"│ ok +│ 30 +│ 2026-11-26 18:30 │ .*│ 2026-11-27 00:00", done.stdout)
