"""The page of an interview's webhooks: who may see it, what it takes, and what it shows once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from interviewing import started
from support import signed_in

from gradetape.accounts.models import Role, User
from gradetape.audit import log
from gradetape.interviews.models import Interview
from gradetape.reviews.actions.review import finish_review
from gradetape.reviews.models import Review
from gradetape.webhooks import actions
from gradetape.webhooks.models import MOST_FAILURES, Delivery, Event, Try, Webhook
from gradetape.webhooks.signing import secret_of

pytestmark = pytest.mark.django_db(transaction=True)
URL = "https://hooks.example.org/take/planted-path?key=planted-key"


@pytest.fixture
def ines(db) -> User:
    return User.objects.create_user("ines@example.org", display_name="Ines", role=Role.INTERVIEWER)


@pytest.fixture
def where(interview) -> str:
    return reverse("interview_webhooks", args=[interview.pk])


@pytest.fixture
def webhook(interview) -> Webhook:
    return actions.add(interview=interview, url=URL, events=list(Event.values))


def test_a_webhook_is_added_and_its_secret_shown_once(as_ines, interview, where):
    answer = as_ines.post(where, {"url": URL, "events": ["sitting.started"]})
    made = Webhook.objects.get()
    assert (made.url, made.events) == (URL, ["sitting.started"])
    assert secret_of(made) in answer.text
    assert secret_of(made) not in as_ines.get(where).text
    assert "no-store" in answer.headers["Cache-Control"]
    entry = log.entries_of(interview.scope).get()
    assert (entry.action, entry.details["to"]) == ("webhook.added", "https://hooks.example.org")
    assert "planted" not in str(entry.details)


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://127.0.0.1/", "public Internet"),
        ("http://localhost:6379/", "public Internet"),
        ("http://169.254.169.254/latest/", "public Internet"),
        ("http://[::1]/", "public Internet"),
        ("ftp://example.org/", "begins with https://"),
        ("https://ana:pw@example.org/", "without a user"),
        ("", "required"),
    ],
)
def test_what_is_no_address_is_refused(as_ines, where, url, word):
    answer = as_ines.post(where, {"url": url, "events": ["sitting.started"]})
    assert answer.status_code == 400
    assert word in str(answer.context["form"].errors)
    assert not Webhook.objects.exists()


def test_the_same_address_is_told_once(as_ines, where, webhook):
    answer = as_ines.post(where, {"url": URL, "events": ["sitting.started"]})
    assert answer.status_code == 400
    assert "told already" in answer.text


def test_something_has_to_be_told(as_ines, where):
    assert as_ines.post(where, {"url": URL, "events": []}).status_code == 400
    assert as_ines.post(where, {"url": URL, "events": ["ping"]}).status_code == 400


def test_a_new_secret_is_shown_once_too(as_ines, where, webhook):
    old = secret_of(webhook)
    answer = as_ines.post(reverse("interview_webhook_secret", args=[webhook.pk]))
    webhook.refresh_from_db()
    assert secret_of(webhook) in answer.text
    assert old not in answer.text
    assert secret_of(webhook) not in as_ines.get(where).text


def test_why_it_is_off_stands_on_the_page(as_ines, where, webhook):
    Webhook.objects.update(failures=MOST_FAILURES, disabled_at=webhook.created_at)
    assert f"{MOST_FAILURES} messages in a row did not arrive" in as_ines.get(where).text
    switch = reverse("interview_webhook_switch", args=[webhook.pk])
    as_ines.post(switch, {"on": "1"})
    assert Webhook.objects.get().is_on
    as_ines.post(switch, {"on": "0"})
    assert not Webhook.objects.get().is_on
    assert "in a row" not in as_ines.get(where).text


def test_one_that_is_off_is_not_tried_out(as_ines, webhook):
    actions.switch(webhook=webhook, on=False)
    as_ines.post(reverse("interview_webhook_try", args=[webhook.pk]))
    assert not Delivery.objects.exists()


def test_the_log_shows_statuses_and_sends_again(as_ines, interview, where, webhook):
    started(interview)
    delivery = Delivery.objects.get()
    Try.objects.create(delivery=delivery, milliseconds=12, status=418, fault="refused")
    Delivery.objects.update(state="failed", tries=9, body="old")
    page = as_ines.get(where).text
    assert "418" in page
    assert "Cleo" in page
    again = reverse("interview_webhook_again", args=[delivery.pk])
    as_ines.post(again)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, delivery.body) == ("waiting", 0, "")
    as_ines.post(again)
    assert [entry.action for entry in log.entries_of(interview.scope)] == ["webhook.sent_again"]


def test_hidden_names_are_hidden_in_the_log_of_deliveries(as_ines, interview, where, webhook):
    started(interview)
    Interview.objects.update(hides_names=True)
    page = as_ines.get(where).text
    assert "Candidate 1" in page
    assert "leo" not in page


def test_the_page_takes_no_more_queries_for_more_deliveries(as_ines, where, webhook):
    counts = []
    for _ in range(2):
        for _ in range(5):
            Try.objects.create(delivery=actions.try_out(webhook=webhook), milliseconds=1, status=200)
        with CaptureQueriesContext(connection) as queries:
            as_ines.get(where)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_another_team_finds_nothing(interview, where, webhook):
    delivery = actions.try_out(webhook=webhook)
    other = signed_in(User.objects.create_user("zoe@example.org", role=Role.INTERVIEWER))
    assert other.get(where).status_code == 404
    for name in ("secret", "switch", "remove", "try"):
        assert other.post(reverse(f"interview_webhook_{name}", args=[webhook.pk])).status_code == 404
    assert other.post(reverse("interview_webhook_again", args=[delivery.pk])).status_code == 404
    assert Webhook.objects.get().is_on


def test_a_finished_review_is_told(interview, webhook, ines):
    _, sitting = started(interview)
    Review.objects.create(sitting=sitting, reviewer=ines, recommendation="yes")
    for _ in range(2):
        finish_review(sitting=sitting, reviewer=ines)
    assert [one.event for one in Delivery.objects.all()] == ["sitting.reviewed", "sitting.started"]
