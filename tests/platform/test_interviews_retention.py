"""What candidates did is deleted or anonymised when its time has come, or on request; then no table knows of it."""

from datetime import timedelta

import pytest
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from interviewing import an_interview, enter, link_for, path_of, save, send, started
from support import finish

from gradetape import broker
from gradetape.accounts.models import User
from gradetape.audit.models import AuditEntry
from gradetape.interviews.actions import invite as inviting
from gradetape.interviews.actions import sit
from gradetape.interviews.actions.forget import anonymise, delete_candidate, forget_what_is_due
from gradetape.interviews.models import Interview, Invitation, Sitting
from gradetape.reviews.actions.points import override
from gradetape.reviews.models import Comment, Evidence, Override, Review, Score, Words
from gradetape.submissions import actions as submitting
from gradetape.submissions.models import Attempt, CaseResult, Kind, Submission, SubmissionEvent
from gradetape.submissions.story import stream_key
from gradetape.timeline.models import Entry
from gradetape.webhooks import actions as hooks
from gradetape.webhooks.models import Delivery, Event

pytestmark = pytest.mark.django_db(transaction=True)
NAME, MAIL, CODE, SAID = "Zuleika Planted", "zuleika.planted@example.org", "planted_code = 1", "planted opinion"
WORDS = ("zuleika", "planted")


@pytest.fixture
def interview(ines, version) -> Interview:
    made = an_interview(ines, [version.challenge], keep_days=30)
    hooks.add(interview=made, url="https://hooks.example.org/", events=list(Event.values))
    return made


@pytest.fixture
def sitting(interview, ines, take, version) -> Sitting:
    """Somebody who did all that can be done, of whom all was said that can be said."""
    invited = inviting.invite(
        interview=interview, text=f"{NAME} <{MAIL}>", expires_at=timezone.now() + timedelta(days=1)
    )
    client, seat = enter(path_of(invited.links[0].url), NAME)
    sit.start(sitting=seat)
    for revision, source in enumerate((CODE, f"{CODE}0")):
        save(client, seat, source, revision)
    send(client, seat, CODE)
    graded = Submission.objects.get(candidate=seat.candidate)
    claim = take(graded)
    finish(claim, score=80, verdict="partial", message="planted message", output={"stdout": "planted", "stderr": ""})
    CaseResult.objects.filter(submission=graded).update(message="planted", line=1)
    CaseResult.objects.filter(submission=graded, sample=True).update(difference={"got": "planted"})
    Attempt.objects.update(fault="planted")
    SubmissionEvent.objects.create(submission=graded, attempt=1, number=999, type="output", data="planted")
    challenge = version.challenge
    submitting.save_snippet(candidate=seat.candidate, challenge=challenge, source=b"planted", revision=0)
    submitting.submit(
        candidate=seat.candidate, version=version, source=b"planted", kind=Kind.SCRATCH, snippet=b"planted"
    )
    task = interview.tasks.get()
    Entry.objects.create(sitting=seat, number=900, at=timezone.now(), kind="edit", task=task, data={"text": "planted"})
    review = Review.objects.create(sitting=seat, reviewer=ines, recommendation="yes", done_at=timezone.now())
    Comment.objects.create(review=review, submission=graded, line=1, text=SAID)
    Words.objects.create(review=review, kind="notes", text=SAID)
    score = Score.objects.create(review=review, task=task, criterion="a", level=3, text=SAID)
    Evidence.objects.create(score=score, at=3.0, task=task)
    case = CaseResult.objects.filter(submission=graded).first()
    override(sitting=seat, by=ines, submission=graded, case=case, points=2.0, reason=SAID)
    Delivery.objects.update(body=f"{NAME} {MAIL}")
    sit.hand_in(sitting=seat)
    seat.refresh_from_db()
    return seat


def found(words: tuple[str, ...] = WORDS) -> list[str]:
    """The tables and columns in which one of the words stands, as text or as bytes; in no kind of letters."""
    places = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    text = (
                        bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                    )
                    if any(word in text.lower() for word in words):
                        places.append(f"{table}.{column}")
    return sorted(set(places))


def own(places: list[str]) -> list[str]:
    """Without the challenge, whose secret files are called planted too."""
    return [place for place in places if not place.startswith("catalog_")]


def age(sitting: Sitting, **time: float) -> None:
    Sitting.objects.filter(pk=sitting.pk).update(finished_at=timezone.now() - timedelta(**time))


def test_the_search_finds_what_is_there(sitting):
    places = set(own(found()))
    assert {
        "accounts_user.display_name", "interviews_invitation.email", "submissions_submission.source",
        "submissions_submission.snippet", "submissions_draft.content", "submissions_draftversion.content",
        "submissions_snippet.content", "submissions_attempt.fault", "submissions_submissionevent.data",
        "submissions_caseresult.message", "submissions_caseresult.difference", "timeline_entry.data",
        "reviews_comment.text", "reviews_words.text", "reviews_score.text", "reviews_override.reason",
        "webhooks_delivery.body", "audit_auditentry.details",
    } <= places  # fmt: skip


def test_deleting_leaves_nothing(sitting, ines):
    invitation = Invitation.objects.select_related("interview").get()
    delete_candidate(invitation=invitation, by=ines)
    assert own(found()) == []
    assert not User.objects.filter(email__contains="guest").exists()
    assert [entry.action for entry in AuditEntry.objects.all()][:1] == ["candidate.deleted"]


def test_anonymising_leaves_numbers_and_no_text(sitting, interview, as_ines):
    numbers = CaseResult.objects.values_list("case", "points", "earned", "outcome")
    before = list(numbers)
    assert anonymise(sitting=sitting, by=None)
    assert own(found()) == []
    sent = Submission.objects.get(kind=Kind.SUBMIT, state="finished")
    assert (sent.verdict, sent.score, bytes(sent.source)) == ("partial", 80.0, b"")
    assert list(numbers) == before
    assert Score.objects.get().level == 3
    assert (Override.objects.get().points, Review.objects.get().recommendation) == (2.0, "yes")
    assert not Entry.objects.exists()
    page = as_ines.get(interview.get_absolute_url()).text
    assert "Anonymous" in page
    assert "anonymised" in page
    assert not anonymise(sitting=sitting, by=None)


def test_an_anonymised_candidate_is_out(interview):
    client, sitting = started(interview)
    sit.hand_in(sitting=sitting)
    anonymise(sitting=Sitting.objects.select_related("invitation__interview", "candidate").get(), by=None)
    assert client.get(sitting.get_absolute_url()).status_code == 302


def test_what_redis_still_tells_is_forgotten(sitting):
    [key] = [
        stream_key(pk)
        for pk in Submission.objects.filter(kind=Kind.SUBMIT, state="finished").values_list("pk", flat=True)
    ]
    broker.client().xadd(key, {"data": "planted"})
    anonymise(sitting=sitting, by=None)
    assert not broker.client().exists(key)


@pytest.mark.parametrize("then", ["delete", "anonymise"])
def test_it_comes_by_itself_when_the_days_are_over(sitting, interview, then):
    Interview.objects.update(keep_then=then)
    age(sitting, days=29, hours=23)
    assert forget_what_is_due() == 0
    assert own(found()) != []
    age(sitting, days=30, minutes=1)
    assert forget_what_is_due() == 1
    assert own(found()) == []
    assert Sitting.objects.exists() == (then == "anonymise")
    assert forget_what_is_due() == 0
    [entry] = AuditEntry.objects.filter(actor=None)
    assert entry.details == {"by_itself": True}


def test_without_days_it_is_kept(sitting):
    Interview.objects.update(keep_days=None)
    age(sitting, days=5000)
    assert forget_what_is_due() == 0


def test_who_runs_is_never_due(interview):
    _, sitting = started(interview)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=900))
    assert forget_what_is_due() == 0
    assert Sitting.objects.get() == sitting


def test_who_never_came_is_deleted_after_their_link_and_the_window(interview):
    enter(link_for(interview, f"{NAME} <{MAIL}>"), NAME)
    link_for(interview, "planted2@example.org")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=31))
    Interview.objects.update(ends_at=timezone.now() - timedelta(days=29))
    assert forget_what_is_due() == 0
    Interview.objects.update(ends_at=timezone.now() - timedelta(days=31))
    assert forget_what_is_due() == 2
    assert own(found()) == []


def test_a_link_that_was_sent_opens_nothing_afterwards(interview):
    link = link_for(interview)
    _, sitting = enter(link)
    sit.start(sitting=sitting)
    sit.hand_in(sitting=sitting)
    anonymise(sitting=Sitting.objects.select_related("invitation__interview", "candidate").get(), by=None)
    assert Client().get(link).status_code == 410


def test_mails_in_files_go_too_and_others_stay(sitting, interview, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    invited = inviting.invite(
        interview=interview, text="other@example.org", expires_at=timezone.now() + timedelta(days=1)
    )
    mine = inviting.renew(invitation=sitting.invitation, expires_at=timezone.now() + timedelta(days=1))
    inviting.send_by_mail([mine, *invited.links])
    assert MAIL in "".join(file.read_text() for file in tmp_path.iterdir())
    delete_candidate(invitation=Invitation.objects.select_related("interview").get(email=MAIL), by=None)
    left = "".join(file.read_text() for file in tmp_path.iterdir())
    assert not any(word in left.lower() for word in WORDS)
    assert "other@example.org" in left
    delete_candidate(invitation=Invitation.objects.select_related("interview").get(), by=None)
    assert list(tmp_path.iterdir()) == []


def test_one_person_is_deleted_by_typing_their_name(sitting, as_ines, interview):
    where = reverse("interview_forget", args=[sitting.invitation_id])
    assert NAME in as_ines.get(where).text
    refused = as_ines.post(where, {"typed": "Zuleika"})
    assert refused.status_code == 400
    assert Sitting.objects.exists()
    assert as_ines.post(where, {"typed": NAME.lower()}).url == interview.get_absolute_url()
    # The page's own word that it is done is no trace of anybody.
    assert own(found()) == []
    entry = AuditEntry.objects.get(action="candidate.deleted")
    assert (str(entry.actor), entry.details) == ("Ines", {})


def test_where_names_are_hidden_deleting_does_not_tell_a_number(sitting, as_ines):
    Interview.objects.update(hides_names=True)
    page = as_ines.get(reverse("interview_forget", args=[sitting.invitation_id])).text
    assert "Candidate 1" not in page


def test_a_whole_interview_is_deleted_when_it_is_archived(sitting, as_ines, interview):
    where = reverse("interview_delete", args=[interview.pk])
    as_ines.post(where, {"typed": interview.title})
    assert Interview.objects.exists()
    as_ines.post(f"{interview.get_absolute_url()}archive/")
    assert as_ines.get(where).status_code == 200
    assert as_ines.post(where, {"typed": "something"}).status_code == 400
    assert as_ines.post(where, {"typed": interview.title}).url == "/interviews/"
    assert own(found()) == []
    assert not Interview.objects.exists()
    assert {entry.action for entry in AuditEntry.objects.filter(scope=interview.scope)} >= {"interview.deleted"}


def test_nobody_is_deleted_from_under_a_running_sitting(interview, as_ines):
    started(interview)
    as_ines.post(f"{interview.get_absolute_url()}archive/")
    as_ines.post(reverse("interview_delete", args=[interview.pk]), {"typed": interview.title})
    assert Sitting.objects.exists()


def test_what_was_promised_can_become_less_and_not_more(sitting, as_ines, interview):
    where = f"{interview.get_absolute_url()}edit/"
    base = {"title": "B", "starts_at": "", "ends_at": ""}
    for days, then, status in (
        ("31", "anonymise", 400), ("", "anonymise", 400), ("10", "anonymise", 302), ("10", "delete", 302),
        ("10", "anonymise", 400), ("9", "delete", 302),
    ):  # fmt: skip
        answer = as_ines.post(where, {**base, "keep_days": days, "keep_then": then})
        assert answer.status_code == status, (days, then)
    interview.refresh_from_db()
    assert (interview.keep_days, interview.keep_then) == (9, "delete")


def test_while_nobody_has_agreed_the_rules_are_free(as_ines, interview):
    where = f"{interview.get_absolute_url()}edit/"
    answer = as_ines.post(where, {"title": "B", "starts_at": "", "ends_at": "", "keep_days": ""})
    assert answer.status_code == 302
    assert Interview.objects.get().keep_days is None
    for days in ("0", "-1", "4000", "x"):
        form = {"title": "B", "starts_at": "", "ends_at": "", "keep_days": days}
        assert as_ines.post(where, form).status_code == 400


def test_candidates_read_how_long_it_is_kept(interview):
    link = link_for(interview)
    assert "kept for 30 days after your time is over" in Client().get(link).text
    client, sitting = enter(link)
    sit.start(sitting=sitting)
    sit.hand_in(sitting=sitting)
    until = (timezone.now() + timedelta(days=30)).strftime("%Y")
    page = client.get(sitting.get_absolute_url()).text
    assert "It is kept until <time" in page
    assert until in page
    Interview.objects.update(keep_days=None)
    assert "kept until your interviewers delete it" in client.get(sitting.get_absolute_url()).text


# Texts of what hangs on a sitting that an anonymised one keeps, and why they are nobody's.
KEPT = {
    "accounts.User.password": "no password works for a guest",
    "accounts.User.email": "made of random numbers for a guest",
    "accounts.User.display_name": "replaced",
    "accounts.User.role": "a fixed word",
    "accounts.User.time_zone": "never set for a guest",
    "interviews.Sitting.ending": "a fixed word",
    "submissions.Submission.kind": "a fixed word",
    "submissions.Submission.state": "a fixed word",
    "submissions.Submission.verdict": "a fixed word",
    "submissions.Submission.worker": "a machine",
    "submissions.Submission.timings": "numbers",
    "submissions.Attempt.worker": "a machine",
    "submissions.Attempt.ending": "a fixed word",
    "submissions.Attempt.libraries": "a machine's versions",
    "submissions.CaseResult.case": "the challenge's",
    "submissions.CaseResult.part": "the challenge's",
    "submissions.CaseResult.title": "the challenge's",
    "submissions.CaseResult.hint": "the challenge's",
    "submissions.CaseResult.outcome": "a fixed word",
    "standings.Standing.state": "a fixed word",
    "standings.Standing.parts": "points",
    "reviews.Review.recommendation": "a fixed word",
    "reviews.Score.criterion": "the rubric's",
    "reviews.Override.case": "the challenge's",
    "regrading.RegradedSubmission.was_verdict": "a fixed word",
    "regrading.RegradedSubmission.verdict": "a fixed word",
    "regrading.RegradedSubmission.was_cases": "the challenge's cases with fixed words",
    "regrading.RegradedSubmission.cases": "the challenge's cases with fixed words",
}
# What is emptied or deleted; the tests above search for it.
FORGOTTEN = {
    "interviews.Sitting", "submissions.Submission.source", "submissions.Submission.snippet",
    "submissions.Submission.message", "submissions.Submission.output", "submissions.CaseResult.message",
    "submissions.CaseResult.difference", "submissions.Attempt.fault", "submissions.SubmissionEvent",
    "submissions.Draft", "submissions.DraftVersion", "submissions.Snippet", "submissions.EditorSettings",
    "standings.Activity", "timeline.Entry", "reviews.Comment", "reviews.Words", "reviews.Evidence",
    "reviews.Score.text", "reviews.Override.reason", "webhooks.Delivery", "webhooks.Try",
    "regrading.RegradedSubmission.result", "regrading.RegradedSubmission.fault",
}  # fmt: skip
# What hangs on a person with an account, and never on a guest.
NOT_OF_GUESTS = {
    "account", "mfa", "socialaccount", "usersessions", "admin", "api", "study", "audit", "authoring",
    "insights",
}  # fmt: skip
TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)


def hanging_on(model: type[models.Model]) -> set[type[models.Model]]:
    """Every model whose rows go when a row of this one goes."""
    seen: set[type[models.Model]] = set()
    waiting = [model]
    while waiting:
        for relation in waiting.pop()._meta.related_objects:
            is_owned = getattr(relation, "on_delete", None) is models.CASCADE
            if is_owned and relation.related_model not in seen:
                seen.add(relation.related_model)
                waiting.append(relation.related_model)
    return seen


def test_every_text_that_hangs_on_a_sitting_is_forgotten_or_says_why_not():
    unsaid = []
    for model in {User, Sitting} | hanging_on(User) | hanging_on(Sitting):
        label = model._meta.label
        if label in FORGOTTEN or label.partition(".")[0] in NOT_OF_GUESTS:
            continue
        names = [f"{label}.{field.name}" for field in model._meta.fields if isinstance(field, TEXTS)]
        unsaid += [name for name in names if name not in KEPT and name not in FORGOTTEN]
    assert unsaid == [], "forget it in the app's forgetting.py, or say here why it is nobody's"
