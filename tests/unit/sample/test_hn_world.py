import hashlib
import html
import json
from itertools import pairwise

import pytest

from sample.hn import Month, locate
from sample.hostile import HOSTILE_TEXTS
from sample.months import month_index, thread_id
from sample.rng import Rng
from sample.technologies import TECHNOLOGIES
from sample.world import World

MONTHS = ("2011-05", "2016-03", "2026-05")


def text_of(block):
    item = block.items[block.root]
    return html.unescape(item["text"])


def digest(world, month):
    blocks = [(b.root, b.items, b.truth.label(b.root)) for b in world.blocks(month)]
    return hashlib.sha256(json.dumps(blocks, sort_keys=True).encode()).hexdigest()


def test_random_numbers_are_the_published_ones_of_splitmix64():
    rng = Rng()
    rng._state = 1234567
    assert [rng.bits() for _ in range(3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


def test_a_month_is_the_same_in_every_world_of_the_seed():
    alone = World(first_month="2016-03", last_month="2016-03", comments=60)
    among_others = World(comments=60)
    list(among_others.blocks("2026-05"))
    assert digest(alone, "2016-03") == digest(among_others, "2016-03")
    assert digest(World(8, comments=60), "2016-03") != digest(alone, "2016-03")


def test_a_month_is_the_same_on_every_platform_and_python():
    # When the vocabulary changes on purpose, so does this figure.
    figure = digest(World(comments=100), "2016-03")
    assert figure == "2cfa0aad8ae48a80b4dcb687f265fa38a9c037bc320e87088cfcee333c3baeb6"


def test_a_larger_month_begins_with_the_smaller_one():
    small, large = World(comments=40).blocks("2026-05"), World(comments=300).blocks("2026-05")
    assert list(small) == [next(large) for _ in range(40)]


def test_every_month_holds_every_ugly_shape():
    for month in MONTHS:
        shapes = {block.shape for block in World(comments=100).blocks(month)}
        assert shapes >= {
            "deleted", "deleted_with_replies", "dead", "null", "no_by", "no_text", "extra_fields",
            "early", "seeker", "note", "question", "spam", "several", "unicode",
        }  # fmt: skip


def test_ugly_items_look_as_the_api_shows_them():
    world = World(comments=100)
    start = world.item(world.threads("2026-05").thread_id)["time"]
    items = {block.shape: block.items[block.root] for block in world.blocks("2026-05")}
    assert items["null"] is None
    assert items["deleted"].keys() == {"deleted", "id", "parent", "time", "type"}
    assert len(items["deleted_with_replies"]["kids"]) >= 1
    assert items["dead"]["dead"] is True
    assert "by" not in items["no_by"]
    assert "text" not in items["no_text"]
    assert items["extra_fields"]["meta"] == {"v": 2}
    assert items["early"]["time"] < start
    assert not items["unicode"]["text"].isascii()


@pytest.mark.parametrize("month", MONTHS)
def test_a_text_names_all_that_its_truth_holds(month):
    spellings = {tech.name: tech.spellings for tech in TECHNOLOGIES}
    for block in World(comments=200).blocks(month):
        truth = block.truth
        if not truth.is_job:
            continue
        text = text_of(block)
        assert truth.company is None or truth.company in text
        assert all(place in text for place in truth.locations)
        assert all(job.title in text for job in truth.jobs)
        assert {role for job in truth.jobs for role in job.roles} == set(truth.roles)
        assert {level for job in truth.jobs for level in job.levels} == set(truth.levels)
        assert all(any(word in text for word in spellings[skill]) for skill in truth.skills)
        if truth.salary:
            assert any(f"{n // 1000}" in text or f"{n:,}" in text for n in (truth.salary.max,))
        if truth.remote == "remote":
            assert "remote" in text.lower()


def test_popularity_shifts_over_the_years():
    def share(name, month):
        jobs = [b.truth for b in World(comments=400).blocks(month) if b.truth.is_job]
        return sum(name in truth.skills for truth in jobs) / len(jobs)

    assert share("jQuery", "2011-05") > 3 * share("jQuery", "2026-05")
    assert share("React", "2011-05") == 0 < 0.1 < share("React", "2026-05")
    assert share("Claude", "2016-03") == 0 < share("Claude", "2026-05")


def test_ids_are_unique_rise_by_month_and_lead_back_to_their_comment():
    for month in MONTHS:
        generated = Month(7, month_index(month), 500)
        seen = [key for block in generated.blocks() for key in block.items]
        assert len(seen) == len(set(seen)) == generated.descendants()
        assert {locate(key) for key in seen} == {generated.index}
        for position in range(0, 500, 7):
            keys = generated.block(position).items
            assert {generated.position_of(key) for key in keys} == {position}
    ids = [thread_id(month_index(month)) for month in World().months()]
    assert min(b - a for a, b in pairwise(ids)) > 107_000


def test_replies_are_nested_and_reachable_from_the_thread():
    world = World(comments=150)
    for month in MONTHS:
        thread = world.item(world.threads(month).thread_id)
        depths, todo = [], [(key, 1) for key in thread["kids"]]
        while todo:
            key, depth = todo.pop()
            depths.append(depth)
            item = world.item(key) or {}
            todo += [(kid, depth + 1) for kid in item.get("kids", [])]
        assert len(depths) == thread["descendants"] == world.counts(month)["items"] - 1
        assert max(depths) >= 4


def test_the_account_lists_look_alikes_and_false_starts_too():
    world = World(comments=30)
    listed = world.user("whoishiring")["submitted"]
    assert listed == sorted(listed, reverse=True)
    titles = [world.item(key).get("title") for key in listed]
    assert "Ask HN: Who wants to be hired? (May 2026)" in titles
    assert "Ask HN: Freelancer? Seeking freelancer? (October 2025)" in titles
    assert "Ask HN: Who is hiring right now?" in titles
    assert "Ask HN: Who Is Hiring? (October 2012) " in titles
    twice = [title for title in titles if title and titles.count(title) > 1]
    assert any("iring? (" in title for title in twice)
    assert None in titles  # the account comments as well
    assert world.user("somebody") is None


def test_a_false_start_is_dead_or_almost_empty_and_the_thread_is_not():
    kinds = {"2020-01": "dead", "2020-02": "stub_before", "2020-03": "twin_after"}
    world = World(comments=30, false_starts=kinds)
    for month, kind in kinds.items():
        threads = world.threads(month)
        (other,) = threads.superseded
        stub, real = world.item(other), world.item(threads.thread_id)
        assert stub["title"] == real["title"]
        assert stub.get("dead", False) == (kind == "dead")
        assert stub["descendants"] < 5 < real["descendants"]
        assert all(world.item(key)["parent"] == other for key in stub.get("kids", []))
    assert world.threads("2020-04").superseded == ()


def test_months_posted_by_another_user_are_not_listed():
    world = World(comments=5)
    listed = world.user("whoishiring")["submitted"]
    for month in ("2011-07", "2011-12", "2015-04", "2015-05"):
        thread = world.threads(month).thread_id
        assert thread not in listed
        assert world.item(thread)["by"] != "whoishiring"
    assert world.threads("2011-12").superseded[0] in listed


def test_a_repeated_posting_is_last_months():
    world = World(comments=200)
    earlier, later = "2026-05", "2026-06"
    duplicates = world.duplicates(later)
    assert len(duplicates) == 10
    for new, old in duplicates.items():
        assert world.item(new)["text"] == world.item(old)["text"]
        assert locate(old) == month_index(earlier)
        assert world.truth(new) == world.truth(old)
    assert world.duplicates(earlier) == {}


def test_changes_are_seen_and_only_they():
    world = World(comments=40, first_month="2026-05", last_month="2026-05")
    thread = world.threads("2026-05").thread_id
    before = {key: world.item(key) for key in world.item(thread)["kids"]}
    whole = [key for key, item in before.items() if item and "by" in item]
    edited, deleted, killed, gone = whole[:4]
    world.edit_comment(edited, "new text")
    world.delete_comment(deleted)
    world.kill_comment(killed)
    world.make_null(gone)
    late = world.add_comment("2026-05", "late")
    reply = world.add_reply(late, "reply")
    assert world.item(edited) == {**before[edited], "text": "new text"}
    assert world.item(deleted).keys().isdisjoint({"by", "text"})
    assert world.item(killed)["dead"] is True
    assert world.item(gone) is None
    assert world.item(late)["kids"] == [reply]
    assert world.item(reply)["parent"] == late
    assert world.item(thread)["kids"][-1] == late
    assert world.max_item() >= reply
    changed = {edited, deleted, killed, gone}
    assert all(world.item(key) == item for key, item in before.items() if key not in changed)
    with pytest.raises(KeyError, match="null or not in this world"):
        world.edit_comment(gone, "x")


def test_items_outside_the_worlds_months_are_null():
    world = World(first_month="2026-03", last_month="2026-05", comments=10)
    assert world.item(thread_id(month_index("2026-02"))) is None
    assert world.item(thread_id(month_index("2026-06"))) is None
    assert world.item(1) is None
    assert world.item(10**12) is None


def test_hostile_comments_are_no_jobs():
    blocks = list(World(comments=20, hostile=12).blocks("2026-05"))
    texts = {(block.items[block.root] or {}).get("text") for block in blocks}
    assert len(texts & set(HOSTILE_TEXTS)) >= 8
    assert not any(block.truth.is_job for block in blocks[:12])


def test_too_many_comments_are_refused():
    with pytest.raises(ValueError, match="3000"):
        World(comments=3_001)
