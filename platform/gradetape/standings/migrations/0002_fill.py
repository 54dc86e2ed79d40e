"""Standings and activity of what was sent before there were any.

One person after the other, so that however much there is, little of it is held at once.
"""

from collections import defaultdict
from datetime import timedelta
from itertools import islice

from django.db import migrations
from django.db.models import Sum

BREAK = timedelta(minutes=10)
FIELDS = ("pk", "kind", "state", "verdict", "score", "created_at", "finished_at", "version__challenge")
AT_ONCE = 500


def fill(apps, schema_editor):
    Submission = apps.get_model("submissions", "Submission")
    DraftVersion = apps.get_model("submissions", "DraftVersion")
    Draft = apps.get_model("submissions", "Draft")
    people = {*Submission.objects.order_by().values_list("candidate", flat=True).distinct()}
    people |= {*Draft.objects.order_by().values_list("candidate", flat=True).distinct()}
    for user in sorted(people):
        sent = list(
            Submission.objects.filter(candidate=user, kind__in=["run", "submit"])
            .order_by("created_at")
            .values_list(*FIELDS)
        )
        saved = [
            *DraftVersion.objects.filter(draft__candidate=user).values_list("saved_at", "draft__challenge"),
            *Draft.objects.filter(candidate=user).values_list("saved_at", "challenge"),
        ]
        fill_for(apps, user, sent, saved)


def fill_for(apps, user, sent, saved):
    Standing, Activity = apps.get_model("standings", "Standing"), apps.get_model("standings", "Activity")
    standings, quarters = {}, defaultdict(lambda: Activity(user_id=user))
    signs = sorted([(row[5], row[7], row[1]) for row in sent] + [(at, challenge, "") for at, challenge in saved])
    last = None
    for at, challenge, kind in signs:
        standing = standings.get(challenge) or Standing(user_id=user, challenge_id=challenge, started_at=at)
        standings[challenge] = standing
        seconds = (at - last).total_seconds() if last and at - last <= BREAK else 0
        last = standing.active_at = at
        standing.seconds += seconds
        standing.runs += kind == "run"
        if kind:
            standing.state = "tried"
        if kind or seconds:
            quarter = quarters[quarter_of(at)]
            quarter.sent += bool(kind)
            quarter.seconds += seconds
    for row in sent:
        take_in(standings[row[7]], row, quarters)
    add_parts(apps, standings.values())
    Standing.objects.bulk_create(standings.values(), batch_size=AT_ONCE)
    for at, quarter in quarters.items():
        quarter.quarter = at
    Activity.objects.bulk_create(quarters.values(), batch_size=AT_ONCE)


def quarter_of(at):
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def take_in(standing, row, quarters):
    pk, kind, state, verdict, score, _, finished_at, _ = row
    if kind != "submit" or state != "finished" or verdict == "judge_error":
        return
    standing.attempts += 1
    if standing.best is None or score >= standing.best:
        standing.best, standing.best_submission_id = score, pk
    if verdict == "accepted" and standing.state != "solved":
        standing.state, standing.solved_at = "solved", finished_at
        quarters[quarter_of(finished_at)].solved += 1


def add_parts(apps, standings):
    CaseResult = apps.get_model("submissions", "CaseResult")
    best = {standing.best_submission_id: standing for standing in standings if standing.best_submission_id}
    waiting = iter(best)
    while some := list(islice(waiting, AT_ONCE)):
        rows = CaseResult.objects.filter(submission__in=some).order_by().values_list("submission", "part")
        for submission, part, points in rows.annotate(total=Sum("earned")):
            best[submission].parts[part] = points


class Migration(migrations.Migration):
    dependencies = [
        ("standings", "0001_initial"),
        ("submissions", "0002_hidden_cases_say_no_numbers"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
