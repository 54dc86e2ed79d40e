"""Candidates side by side: numbers, order, who is shown and what to whom."""

from datetime import timedelta

import pytest
from comparing import candidate, graded
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from interviewing import an_interview
from support import signed_in

from gradetape.accounts.models import Role, User
from gradetape.audit.models import AuditEntry
from gradetape.interviews.models import Interview, Sitting
from gradetape.reviews.models import Override, Review, Score
from gradetape.submissions import actions
from gradetape.submissions.models import Kind

pytestmark = pytest.mark.django_db(transaction=True)


def interviewer(name: str) -> User:
    return User.objects.create_user(
        f"{name.lower()}@example.org", "d-long-password", display_name=name, role=Role.INTERVIEWER
    )


@pytest.fixture
def ines(db) -> User:
    return interviewer("Ines")


@pytest.fixture
def iris(db) -> User:
    return interviewer("Iris")


@pytest.fixture
def asked(ines, version) -> Interview:
    return an_interview(ines, [version.challenge])


def shown(user: User, interview: Interview, query: str = "") -> dict[str, list[str]]:
    """The texts of the table by candidate, in its order."""
    page = signed_in(user).get(f"{interview.get_absolute_url()}compare/{query}")
    assert page.status_code == 200
    return {row.candidate.name: [cell.text for cell in row.cells] for row in page.context["rows"]}


def finish_all() -> None:
    Sitting.objects.update(finished_at=timezone.now(), ending="handed_in")


def test_a_row_has_what_counts(ines, asked, version):
    ana, bo = candidate(asked, "Ana"), candidate(asked, "Bo")
    graded(ana, version, three=0)
    graded(ana, version, nothing=0, three=7)
    actions.submit(candidate=ana.candidate, version=version, source=b"x", kind=Kind.RUN)
    graded(bo, version)
    rows = shown(ines, asked)
    # Together, all of the task, its two parts, time, submissions, runs, rubric, recommendations.
    assert rows["Ana"][:4] == ["65", "65", "40/75", "25/25"]
    assert rows["Ana"][5:] == ["2", "1", "–", "–"]
    assert rows["Bo"][:4] == ["100", "100", "75/75", "25/25"]
    assert list(rows) == ["Bo", "Ana"]


def test_overridden_points_count_in_their_part(ines, asked, version):
    ana = candidate(asked, "Ana")
    sent = graded(ana, version, three=0)
    Override.objects.create(submission=sent, case="three", was=0, points=30, reason="A typo of ours.", by=ines)
    Override.objects.create(
        submission=sent, case="nothing", was=25, points=0, reason="A mistake.", by=ines, revoked_at=timezone.now()
    )
    page = signed_in(ines).get(f"{asked.get_absolute_url()}compare/")
    cells = page.context["rows"][0].cells
    assert [cell.text for cell in cells[:4]] == ["95", "95", "70/75", "25/25"]
    assert cells[1].note == "changed, was 65"


def test_a_number_leads_to_the_moment_when_it_was_earned(ines, asked, version):
    ana = candidate(asked, "Ana")
    graded(ana, version, after=10, three=0)
    graded(ana, version, after=95.25)
    page = signed_in(ines).get(f"{asked.get_absolute_url()}compare/")
    replay = f"{asked.get_absolute_url()}candidates/{ana.pk}/replay/?at=95.25&task=doubling"
    assert [cell.url for cell in page.context["rows"][0].cells[1:4]] == [replay] * 3
    assert replay.replace("&", "&amp;") in page.text


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["Ana", "Bo", "Cy", "Di"]),
        ("-name", ["Di", "Cy", "Bo", "Ana"]),
        ("-total", ["Bo", "Ana", "Cy", "Di"]),
        ("total", ["Di", "Cy", "Ana", "Bo"]),
        ("doubling.basics", ["Cy", "Ana", "Bo", "Di"]),
        ("-doubling.edges", ["Ana", "Bo", "Cy", "Di"]),
        ("attempts", ["Di", "Ana", "Bo", "Cy"]),
        ("-attempts", ["Cy", "Ana", "Bo", "Di"]),
        ("-time", ["Di", "Cy", "Bo", "Ana"]),
        ("nonsense", ["Bo", "Ana", "Cy", "Di"]),
    ],
)
def test_any_column_sorts_it(ines, asked, version, sort, order):
    """What nobody earned goes last in either direction; of equals the first by name is first."""
    for place, name in enumerate(["Cy", "Di", "Ana", "Bo"]):
        sitting = candidate(asked, name)
        if name != "Di":
            graded(sitting, version, three={"Cy": 0, "Ana": 5, "Bo": 35}[name])
        if name == "Cy":
            graded(sitting, version, two=0, three=0)
        began = timezone.now() - timedelta(minutes={"Ana": 1, "Bo": 2, "Cy": 3, "Di": 4}[name], seconds=place)
        Sitting.objects.filter(pk=sitting.pk).update(started_at=began)
    finish_all()
    assert list(shown(ines, asked, f"?sort={sort}")) == order


def test_the_heads_say_how_it_is_sorted_and_turn_it(ines, asked, version):
    graded(candidate(asked, "Ana"), version)
    text = signed_in(ines).get(f"{asked.get_absolute_url()}compare/?sort=doubling.basics&show=finished").text
    assert text.count("aria-sort") == 0
    finish_all()
    text = signed_in(ines).get(f"{asked.get_absolute_url()}compare/?sort=doubling.basics&show=finished").text
    assert text.count("aria-sort") == 1
    assert (
        'aria-sort="ascending" class="right"><a class="sort" href="?sort=-doubling.basics&amp;show=finished">' in text
    )


def test_who_is_still_sitting_can_be_left_out(ines, asked, version):
    for name in ("Ana", "Bo"):
        graded(candidate(asked, name), version)
    Sitting.objects.filter(candidate__display_name="Bo").update(finished_at=timezone.now(), ending="handed_in")
    assert list(shown(ines, asked)) == ["Ana", "Bo"]
    assert list(shown(ines, asked, "?show=finished")) == ["Bo"]


def test_hidden_names_are_numbers_in_another_order(ines, asked, version):
    names = [f"Planted{number}" for number in range(6)]
    for name in names:
        graded(candidate(asked, name), version)
    Interview.objects.update(hides_names=True)
    page = signed_in(ines).get(f"{asked.get_absolute_url()}compare/?sort=name")
    rows = page.context["rows"]
    assert [row.candidate.name for row in rows] == [f"Candidate {number}" for number in range(1, 7)]
    assert [row.candidate.sitting.candidate.display_name for row in rows] != names
    assert "planted" not in page.text.casefold()


def test_reviews_are_shown_to_those_who_may_see_them(ines, iris, asked, version):
    asked.team.add(iris)
    ana = candidate(asked, "Ana")
    graded(ana, version)
    task = asked.tasks.get()
    for reviewer, advice, level in ((ines, "yes", 2), (iris, "strong_yes", 4)):
        review = Review.objects.create(
            sitting=ana, reviewer=reviewer, recommendation=advice,
            done_at=None if reviewer == iris else timezone.now(),
        )  # fmt: skip
        Score.objects.create(review=review, task=task, criterion="c1", level=level)
    assert shown(ines, asked)["Ana"][-1] == "1 × Yes"
    # Iris is not done: she sees neither Ines's review nor, as a result, her own.
    assert shown(iris, asked)["Ana"][-1] == "–"
    Review.objects.filter(reviewer=iris).update(done_at=timezone.now())
    assert shown(iris, asked)["Ana"][-1] == "1 × Strong yes, 1 × Yes"


def test_it_asks_as_much_for_many_as_for_few(ines, asked, version):
    as_ines, counts = signed_in(ines), []
    for number in range(5):
        graded(candidate(asked, f"Person {number}"), version)
        if number in {0, 4}:
            for page in ("compare/", "report/", "candidates.csv"):
                as_ines.get(f"{asked.get_absolute_url()}{page}")
                with CaptureQueriesContext(connection) as queries:
                    as_ines.get(f"{asked.get_absolute_url()}{page}")
                counts.append(len(queries))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 30


@pytest.mark.parametrize("page", ["compare/", "report/", "candidates.csv", "compare/similar/doubling/"])
def test_strangers_find_nothing(ines, iris, ana, asked, version, page):
    sitting = candidate(asked, "Cleo")
    graded(sitting, version)
    address = f"{asked.get_absolute_url()}{page}"
    for other in (iris, ana, sitting.candidate):
        assert signed_in(other).get(address).status_code == 404
    assert signed_in(ines).post(address).status_code == 405
    assert not AuditEntry.objects.exclude(action__startswith="sitting").exclude(action__startswith="invit").exists()


def test_looking_is_written_down(ines, asked, version):
    sitting = candidate(asked, "Cleo")
    graded(sitting, version)
    as_ines, base = signed_in(ines), asked.get_absolute_url()
    AuditEntry.objects.all().delete()
    for page in ("compare/", "compare/?sort=name", "report/", f"report/?candidate={sitting.pk}", "candidates.csv"):
        assert as_ines.get(f"{base}{page}").status_code == 200
    written = AuditEntry.objects.order_by("pk").values_list("action", "about", "scope", "actor")
    assert list(written) == [
        (action, about, asked.scope, ines.pk)
        for action, about in [
            ("candidates.compared", ""), ("report.made", ""), ("report.made", f"sitting:{sitting.pk}"),
            ("csv.made", ""),
        ]
    ]  # fmt: skip


def test_before_anybody_began_it_says_so(ines, asked):
    for page, words in (("compare/", "Nobody has begun yet"), ("report/", "Nobody has begun yet")):
        assert words in signed_in(ines).get(f"{asked.get_absolute_url()}{page}").text
