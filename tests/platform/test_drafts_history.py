"""A draft's history: what one can go back to, how it thins, and that nothing is lost by replacing."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from gradetape.submissions import history
from gradetape.submissions.history import Seen, survivors
from gradetape.submissions.models import Draft, DraftVersion

pytestmark = pytest.mark.django_db
ADDRESS = "/challenges/doubling/draft/"
NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


def save(client: Client, source: str, revision: int, **more: object):
    body = {"source": source, "revision": revision, **more}
    return client.put(ADDRESS, json.dumps(body), content_type="application/json")


def listed(client: Client) -> list[dict[str, object]]:
    return client.get(f"{ADDRESS}versions/").json()["versions"]


def grown(hours: float) -> list[Seen]:
    """What stays when somebody types for so long, with a version every minute."""
    kept: list[Seen] = []
    for minute in range(int(hours * 60)):
        at = NOW + timedelta(minutes=minute)
        kept.insert(0, Seen(minute + 1, at, 1000, kept=False))
        stay = survivors(kept, at)
        kept = [version for version in kept if version.revision in stay]
    return kept


def test_the_first_save_is_a_version_and_the_next_waits_for_its_minute(version, as_ana):
    for revision in range(5):
        save(as_ana, f"text {revision}", revision)
    assert [row["revision"] for row in listed(as_ana)] == [1]


def test_a_minute_later_there_is_another(version, as_ana):
    save(as_ana, "one", 0)
    DraftVersion.objects.update(saved_at=DraftVersion.objects.get().saved_at - timedelta(minutes=1))
    save(as_ana, "three", 1)
    first, second = listed(as_ana)
    assert (first["revision"], first["size"], second["size"]) == (2, 5, 3)
    assert as_ana.get(f"{ADDRESS}versions/1/").json()["source"] == "one"


def test_what_is_replaced_at_one_stroke_is_kept(version, as_ana):
    save(as_ana, "one", 0)
    save(as_ana, "two", 1)
    save(as_ana, "an older text", 2, keep_previous=True)
    assert [(row["revision"], row["kept"]) for row in listed(as_ana)] == [(2, True), (1, False)]
    assert as_ana.get(f"{ADDRESS}versions/2/").json()["source"] == "two"


def test_a_save_that_throws_most_away_keeps_what_was_there(version, as_ana):
    save(as_ana, "# long\n" * 100, 0)
    save(as_ana, "# long\n" * 99, 1)
    save(as_ana, "", 2)
    assert [(row["revision"], row["kept"]) for row in listed(as_ana)] == [(2, True), (1, False)]


def test_a_refused_save_keeps_nothing(version, as_ana):
    save(as_ana, "one", 0)
    save(as_ana, "two", 1)
    assert save(as_ana, "other", 1, keep_previous=True).status_code == 409
    assert [row["revision"] for row in listed(as_ana)] == [1]
    assert Draft.objects.get().source == "two"


def test_nobody_sees_the_versions_of_another(version, as_ana, as_bob):
    save(as_ana, "one", 0)
    assert listed(as_bob) == []
    assert as_bob.get(f"{ADDRESS}versions/1/").status_code == 404


def test_the_list_costs_the_same_however_long_it_is(version, as_ana, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(history, "EVERY", timedelta(0))
    save(as_ana, "0", 0)
    with django_assert_num_queries(4):
        listed(as_ana)
    for revision in range(1, 8):
        save(as_ana, str(revision), revision, keep_previous=True)
    with django_assert_num_queries(4):
        assert len(listed(as_ana)) == 8


def test_a_long_day_leaves_the_last_hour_by_minutes_and_the_rest_by_ten():
    ages = [(NOW + timedelta(hours=8) - version.saved_at) // timedelta(minutes=1) for version in grown(8)]
    assert ages[:59] == list(range(1, 60))
    assert 40 <= len(ages[60:]) <= 44
    assert ages[-1] > 7.8 * 60


def test_what_is_older_than_a_week_stays_by_the_day():
    old = [Seen(100 - day, NOW - timedelta(days=8 + day / 4), 10, kept=False) for day in range(40)]
    assert len(survivors(old, NOW)) in {10, 11}


def test_what_was_replaced_is_not_thinned_within_a_week():
    rows = [Seen(30 - n, NOW - timedelta(days=3, seconds=n), 10, kept=n % 2 == 0) for n in range(20)]
    assert survivors(rows, NOW) >= {row.revision for row in rows if row.kept}
    assert len(survivors(rows, NOW + timedelta(days=8))) == 1


def test_a_history_has_a_bound_in_number_and_in_bytes():
    rows = [Seen(999 - n, NOW - timedelta(seconds=n), 10, kept=True) for n in range(400)]
    assert len(survivors(rows, NOW)) == history.MOST
    large = [row._replace(size=256 * 1024) for row in rows]
    assert len(survivors(large, NOW)) == history.MOST_BYTES // (256 * 1024)
    assert max(survivors(large, NOW)) == 999
