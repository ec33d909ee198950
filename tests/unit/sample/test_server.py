import asyncio
import json
import threading
import time
from functools import partial

import pytest
import requests

from sample.__main__ import main
from sample.boards import BOARDS
from sample.faults import Faults
from sample.server import Upstream, serve, spawn
from sample.world import World

KEY = {"Authorization": "Bearer sample-key"}
DAYS = {"posted_at_max_age_days": 60}


@pytest.fixture
def upstream():
    world = World(first_month="2026-04", last_month="2026-05", comments=20, jobs=250)
    return Upstream(world, Faults(), clock=lambda: 1_800_000_000.0)


@pytest.fixture
def url(upstream):
    with upstream.serve() as base_url:
        yield base_url


@pytest.fixture
def session():
    with requests.Session() as opened:
        opened.request = lambda *a, _ask=opened.request, **k: _ask(*a, **{"timeout": 10, **k})
        yield opened


def search(session, url, headers=KEY, **asked):
    return session.post(f"{url}/v1/jobs/search", json=asked, headers=headers)


def test_items_the_account_and_the_highest_id_are_served(upstream, url, session):
    thread = upstream.world.threads("2026-05").thread_id
    answer = session.get(f"{url}/v0/item/{thread}.json")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.json() == upstream.world.item(thread)
    listed = session.get(f"{url}/v0/user/whoishiring.json").json()["submitted"]
    assert thread in listed
    assert session.get(f"{url}/v0/maxitem.json").json() > max(listed)
    assert session.get(f"{url}/v0/item/1.json").text == "null"
    assert session.get(f"{url}/elsewhere").status_code == 404


def test_a_change_of_the_world_is_served_at_once(upstream, url, session):
    block = next(b for b in upstream.world.blocks("2026-05") if b.items[b.root])
    path = f"{url}/v0/item/{block.root}.json"
    assert session.get(path).json() == block.items[block.root]
    upstream.world.edit_comment(block.root, "edited")
    assert session.get(path).json()["text"] == "edited"


def test_one_connection_carries_pipelined_requests_in_order(url):
    host, port = url.removeprefix("http://").split(":")

    async def ask():
        reader, writer = await asyncio.open_connection(host, int(port))
        first = b"GET /v0/maxitem.json HTTP/1.1\r\nHost: x\r\n\r\n"
        writer.write(first + b"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        whole = await reader.read()
        writer.close()
        return whole

    whole = asyncio.run(ask())
    assert whole.index(b"200 OK") < whole.index(b"404 Not Found")


def test_remotive_gives_everything_at_once_and_ignores_search(upstream, url, session):
    answer = session.get(f"{url}/api/remote-jobs", params={"search": "zebra"}).json()
    assert answer["jobs"] == upstream.world.records("remotive")
    assert answer["job-count"] == answer["total-job-count"] == len(answer["jobs"])
    assert len(session.get(f"{url}/api/remote-jobs?limit=3").json()["jobs"]) == 3


def test_arbeitnow_is_read_by_its_next_links(upstream, url, session):
    upstream.world.jobs = 900
    found, following = [], f"{url}/api/job-board-api"
    while following:
        page = session.get(following).json()
        found += page["data"]
        following = page["links"]["next"]
    assert found == upstream.world.records("arbeitnow")
    assert page["meta"]["current_page"] == 3
    assert page["meta"]["to"] == len(found)


def test_himalayas_is_read_by_cursor_or_offset_twenty_at_most(upstream, url, session):
    expected = upstream.world.records("himalayas")
    found, cursor = [], ""
    while cursor is not None:
        page = session.get(f"{url}/jobs/api", params={"limit": 100, "cursor": cursor}).json()
        assert page["limit"] == 20
        assert page["totalCount"] == len(expected)
        found += page["jobs"]
        cursor = page.get("nextCursor")
    assert found == expected
    assert session.get(f"{url}/jobs/api?limit=20&offset=20").json()["jobs"] == expected[20:40]
    assert session.get(f"{url}/jobs/api?cursor=!").status_code == 400


def test_theirstack_wants_a_key_and_a_filter(url, session):
    assert search(session, url, headers={}, **DAYS).status_code == 401
    refused = search(session, url, limit=5)
    assert refused.status_code == 422
    assert refused.json()["error"]["title"] == "Validation error"
    assert "RateLimit" in refused.headers
    assert search(session, url, page=-1, **DAYS).status_code == 422
    assert search(session, url, no_such_filter=1, **DAYS).status_code == 422
    assert session.get(f"{url}/v1/jobs/search", headers=KEY).status_code == 405


def test_theirstack_pages_count_from_zero_and_every_record_costs(upstream, url, session):
    expected, found, page = upstream.world.records("theirstack"), [], 0
    while data := search(session, url, page=page, limit=40, **DAYS).json()["data"]:
        found, page = found + data, page + 1
    assert found == expected
    search(session, url, page=0, limit=10, **DAYS)
    used = len(expected) + 10
    assert session.get(f"{url}/stats").json()["theirstack_credits_used"] == used
    balance = session.get(f"{url}/v0/billing/credit-balance", headers=KEY).json()
    assert balance["used_api_credits"] == used


def test_theirstack_filters(upstream, url, session):
    def ask(**asked):
        return search(session, url, limit=500, **asked).json()["data"]

    records = upstream.world.records("theirstack")
    middle = sorted(record["discovered_at"] for record in records)[len(records) // 2]
    newer = ask(discovered_at_gte=middle + "Z", **DAYS)
    assert newer == [record for record in records if record["discovered_at"] >= middle]
    assert all("ngineer" in r["job_title"] for r in ask(job_title_or=["engineer"], **DAYS))
    berlin = ask(job_location_pattern_or=["berlin"], **DAYS)
    assert berlin == [r for r in records if "berlin" in (r["long_location"] or "").lower()]
    assert {r["remote"] for r in ask(remote=True, **DAYS)} == {True}
    name = records[0]["company"]
    assert records[0] in ask(company_name_or=[name])
    assert records[0] not in ask(company_name_or=[name], job_id_not=[records[0]["id"]])


def test_theirstack_preview_is_free_and_hides_the_company(upstream, url, session):
    answer = search(session, url, blur_company_data=True, include_total_results=True, **DAYS).json()
    assert answer["metadata"]["total_results"] == len(upstream.world.records("theirstack"))
    assert all(record["has_blurred_data"] for record in answer["data"])
    assert upstream.routes.theirstack.credits_used == 0


def test_theirstack_stops_when_the_credits_end(session):
    with Upstream(World(jobs=200), credits=30).serve() as url:
        assert len(search(session, url, limit=20, **DAYS).json()["data"]) == 20
        rest = search(session, url, limit=20, page=1, **DAYS)
        assert rest.status_code == 200
        assert len(rest.json()["data"]) == 10
        assert rest.json()["metadata"]["truncated_results"] == 10
        refused = search(session, url, limit=20, page=2, **DAYS)
        assert refused.status_code == 402
        assert refused.json() == {
            "data": [],
            "metadata": {"total_companies": None, "total_results": None,
                         "truncated_companies": 20, "truncated_results": 20},
        }  # fmt: skip


def test_real_rates_are_enforced_on_demand(upstream, url, session):
    upstream.faults.enforce_limits = True
    answers = [search(session, url, limit=1, **DAYS) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert answers[-1].headers["Retry-After"] == "2"
    assert answers[3].headers["RateLimit-Remaining"] == "0, 6, 46, 396"
    codes = [session.get(f"{url}/api/remote-jobs").status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_every_nth_request_fails_and_is_counted(upstream, url, session):
    upstream.faults.fail_every = 3
    codes = [session.get(f"{url}/v0/maxitem.json").status_code for _ in range(9)]
    assert codes == [200, 200, 503] * 3
    stats = session.get(f"{url}/stats").json()
    assert stats["requests"] == 9
    assert stats["by_status"] == {"200": 6, "503": 3}
    assert stats["by_kind"] == {"maxitem": 9}
    assert stats["by_fault"] == {"fail": 3}


@pytest.mark.parametrize(
    ("form", "header"), [("7", "7"), ("http-date", "Fri, 15 Jan 2027 08:00:02 GMT"), ("none", None)]
)
def test_rate_limits_come_in_every_form(upstream, url, session, form, header):
    upstream.faults.update({"rate_limit_every": 1, "retry_after": form})
    answer = session.get(f"{url}/v0/maxitem.json")
    assert answer.status_code == 429
    assert answer.headers.get("Retry-After") == header


def test_the_date_of_a_rate_limit_is_as_far_ahead_as_wanted(upstream, url, session):
    upstream.faults.update(
        {"rate_limit_every": 1, "retry_after": "http-date", "retry_date_seconds": 1}
    )
    header = session.get(f"{url}/v0/maxitem.json").headers["Retry-After"]
    assert header == "Fri, 15 Jan 2027 08:00:01 GMT"


@pytest.mark.parametrize(
    ("path", "field"), [("/api/job-board-api", "data"), ("/v0/user/whoishiring.json", "submitted")]
)
def test_shuffled_list_has_every_record_twice_in_changing_order(
    upstream, url, session, path, field
):
    plain = session.get(url + path).json()[field]
    upstream.faults.redeliver = True
    one, other = (session.get(url + path).json()[field] for _ in range(2))
    assert sorted(one, key=str) == sorted(other, key=str) == sorted(plain * 2, key=str)
    assert one != other


def test_each_path_fails_first_and_then_recovers(upstream, url, session):
    upstream.faults.fail_first = 2
    for path in ("/v0/maxitem.json", "/v0/item/1.json"):
        assert [session.get(url + path).status_code for _ in range(3)] == [503, 503, 200]


def test_one_item_is_always_unauthorized(upstream, url, session):
    key = upstream.world.threads("2026-05").thread_id
    upstream.faults.unauthorized_items = frozenset({key})
    assert session.get(f"{url}/v0/item/{key}.json").status_code == 401
    assert session.get(f"{url}/v0/item/{key - 1}.json").status_code == 200


def test_bodies_can_be_broken(upstream, url, session):
    path = f"{url}/v0/user/whoishiring.json"
    upstream.faults.invalid_json_every = 1
    with pytest.raises(requests.exceptions.JSONDecodeError):
        session.get(path).json()
    upstream.faults.update({"invalid_json_every": 0, "html_every": 1})
    answer = session.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    upstream.faults.update({"html_every": 0, "wrong_type_every": 1})
    answer = session.get(path)
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.json()["id"] == "whoishiring"
    upstream.faults.update({"wrong_type_every": 0, "truncate_every": 1})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        session.get(path)
    upstream.faults.update({"truncate_every": 0, "reset_every": 1})
    with pytest.raises(requests.exceptions.ConnectionError):
        session.get(path)


def test_slow_answers_trickle_in(upstream, url, session):
    upstream.faults.update({"slow_loris_every": 1, "slow_loris_ms": 0.05})
    assert session.get(f"{url}/v0/maxitem.json").json() == upstream.world.max_item()
    upstream.faults.slow_loris_ms = 5_000
    with pytest.raises(requests.exceptions.Timeout):
        session.get(f"{url}/v0/maxitem.json", timeout=0.2)


def test_latency_is_per_request_not_per_server(upstream, url):
    upstream.faults.latency_ms = 100
    started = time.monotonic()
    ask = partial(requests.get, f"{url}/v0/maxitem.json", timeout=9)
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0.1 <= time.monotonic() - started < 0.7


def test_faults_hit_only_the_kinds_named(upstream, url, session):
    upstream.faults.update({"fail_every": 1, "kinds": ["remotive"]})
    assert session.get(f"{url}/v0/maxitem.json").status_code == 200
    assert session.get(f"{url}/api/remote-jobs").status_code == 503


def test_faults_can_be_changed_over_the_wire(upstream, url, session):
    control = f"{url}/control/faults"
    assert session.post(control, json={"fail_every": 1, "unauthorized_items": [5]}).ok
    assert upstream.faults.fail_every == 1
    assert upstream.faults.unauthorized_items == {5}
    assert session.post(control, json={"no_such": 1}).status_code == 422
    assert session.post(control, data=b"{").status_code == 422
    assert session.get(f"{url}/stats").json()["requests"] == 0


def test_truth_is_served_for_processes_that_cannot_import_it(upstream, url, session):
    truth = session.get(f"{url}/truth/month/2026-05").json()
    assert truth["thread_id"] == upstream.world.threads("2026-05").thread_id
    assert truth["counts"] == upstream.world.counts("2026-05")
    assert truth["labels"] == json.loads(json.dumps(upstream.world.labels("2026-05")))
    entries = session.get(f"{url}/truth/boards").json()
    assert {entry["board"] for entry in entries} == set(BOARDS)


def test_hostile_text_survives_the_way(session):
    world = World(comments=20, hostile=12, last_month="2026-05")
    with serve(world) as url:
        for block in list(world.blocks("2026-05"))[:12]:
            served = session.get(f"{url}/v0/item/{block.root}.json").json()
            assert served == block.items[block.root]


def test_nothing_is_left_after_serving():
    before = set(threading.enumerate())
    with serve(World(comments=5)) as url, requests.Session() as session:
        assert session.get(f"{url}/v0/maxitem.json", timeout=5).ok
    left = set(threading.enumerate()) - before
    assert "sample-upstream" not in {thread.name for thread in left}
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(f"{url}/v0/maxitem.json", timeout=5)


def test_a_process_of_its_own_tells_its_address_and_takes_options():
    options = ["--months", "2016-03", "--comments", "7", "--fail-every", "2", "--jobs", "40"]
    with spawn([*options, "--fault-kinds", "maxitem", "--today", "2026-10-31"]) as url:
        thread = World(first_month="2016-03", last_month="2016-03", comments=7)
        key = thread.threads("2016-03").thread_id
        assert len(requests.get(f"{url}/v0/item/{key}.json", timeout=9).json()["kids"]) == 7
        assert requests.get(f"{url}/v0/maxitem.json", timeout=9).status_code == 503
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(url, timeout=5)


def test_an_unknown_option_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--no-such-option"])
    assert "--no-such-option" in capsys.readouterr().err
