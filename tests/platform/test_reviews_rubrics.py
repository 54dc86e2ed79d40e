"""Rubrics: read from review.md, scored, changed, and rescored with plain words about it."""

import pytest
from interviewing import an_interview, started
from reviewing import REVIEW, Reviewer, reviewed_package, totals_seen
from support import ROOT, finish, signed_in

from gradetape.accounts.models import User
from gradetape.audit.models import AuditEntry
from gradetape.catalog.actions import publish
from gradetape.reviews.guides import read, short_html
from gradetape.reviews.models import Evidence, Rescoring, RubricEdition, Score
from gradetape.reviews.rubrics import Criterion, Rubric, share, together
from gradetape.submissions import actions
from gradetape.submissions.models import Kind

REVIEWS = sorted((ROOT / "challenges").glob("*/review.md"))
HOSTILE = """| criterion | 0 | 1 | 2 | 3 | 4 |
| --- | --- | --- | --- | --- | --- |
| <img src=x onerror=alert(1)> [x](javascript:alert(2)) `a \\| b` | <script>alert(3)</script> | 1 | 2 | 3 | 4 |

<script>alert(4)</script><a href="javascript:alert(5)" onclick="alert(6)">five</a>
"""


def test_every_challenge_has_a_rubric():
    assert len(REVIEWS) == 20
    for path in REVIEWS:
        guide = read(path.read_text(encoding="utf-8"))
        assert 5 <= len(guide.criteria) <= 6, path
        assert all(all(one.words) for one in guide.criteria), path
        assert guide.criteria[0].levels[4] not in guide.html, f"{path}: the table stands twice"
        rows = path.read_text(encoding="utf-8").split("| criterion |")[1].splitlines()[2:]
        assert [one.title for one in guide.criteria] == [
            row.split("|")[1].strip() for row in rows[: len(guide.criteria)]
        ], path


@pytest.mark.parametrize(
    "text",
    ["", "# Only words", "| a | b |\n| --- | --- |\n| 1 | 2 |\n", "| criterion | 0 | 1 |\n| --- | --- | --- |\n"],
)
def test_a_text_without_such_a_table_has_no_criteria(text):
    assert read(text).criteria == ()


def test_only_the_rubric_is_taken_out_of_the_text():
    guide = read(REVIEW)
    assert "What about strings?" in guide.html
    assert "by property" not in guide.html
    assert [one.id for one in guide.criteria] == ["c1", "c2"]


def test_a_hostile_guide_does_nothing():
    guide = read(HOSTILE)
    assert guide.criteria[0].title.endswith("`a | b`")
    shown = guide.html + "".join(map(short_html, guide.criteria[0].words))
    assert not any(word in shown for word in ("<script", "<img", "onclick", 'href="javascript'))
    assert "&lt;script&gt;" in shown
    assert "<code>a | b</code>" in shown


def test_totals_go_by_weights_and_leave_out_what_was_not_scored():
    rubric = Rubric(
        0, (Criterion("c1", "a", ("",) * 5, 3), Criterion("c2", "b", ("",) * 5, 1), Criterion("c3", "c", ("",) * 5, 0))
    )
    assert share(rubric, {"c1": 4, "c2": 0}) == 0.75
    assert share(rubric, {"c2": 2}) == 0.5
    assert share(rubric, {"c9": 4}) is None
    assert share(rubric, {"c3": 4}) is None
    assert together([(1, 0.5), (3, None)]) == 0.5
    assert together([(1, 0.0), (3, 1.0)]) == 0.75
    assert together([]) is None


@pytest.fixture
def scene(ines, take):
    version = publish(package=reviewed_package()).version
    interview = an_interview(ines, [version.challenge])
    _, sitting = started(interview)
    sent = actions.submit(candidate=sitting.candidate, version=version, source=b"a\nb\nc\n", kind=Kind.SUBMIT)
    finish(take(sent))
    client = signed_in(ines)
    return {
        "interview": interview, "sitting": sitting, "sent": sent, "ines": Reviewer(client, sitting), "client": client,
        "rubric": f"/interviews/{interview.pk}/rubric/doubling/",
    }  # fmt: skip


def rows(*criteria: tuple, edition: int = 0, **more: str) -> dict[str, str]:
    """The form of the rubric's page: (id, title, levels, weight) each."""
    data = {"edition": str(edition), "rows": str(len(criteria)), **more}
    for n, (name, title, levels, weight) in enumerate(criteria):
        data |= {f"{n}-id": name, f"{n}-title": title, f"{n}-weight": str(weight), f"{n}-position": str(n + 1)}
        data |= {f"{n}-{level}": text for level, text in enumerate(levels)}
    return data


CLARITY = ("c1", "Clarity of `double`", ("none", "little", "some", "much", "all"), 1)
TESTS = ("c2", "Tests", ("none", "one", "*two*", "three", "by property"), 1)


@pytest.mark.django_db(transaction=True)
class TestScoring:
    def test_a_score_is_kept_with_note_and_evidence(self, scene):
        ines, sitting = scene["ines"], scene["sitting"]
        assert ines.score("c1", 3).json() == {"level": 3}
        assert ines.put("rubric/doubling/c1/note/", source="clear", revision=0).json()["revision"] == 1
        line = f"{ines.base}?task=doubling&attempt={scene['sent'].pk}&line=2"
        moment = f"http://testserver{ines.base}replay/?at=75.5&task=doubling"
        for address in (line, moment, moment):
            answer = ines.post("rubric/doubling/c1/evidence/", address=address)
            assert 'role="alert"' not in answer.text
        assert Evidence.objects.count() == 2, "the same twice is once"
        page = ines.page().text
        assert all(words in page for words in ("line 2", "at 1:15", "clear", "replay/?at=75.5&amp;task=doubling"))
        first = Evidence.objects.first()
        ines.post("rubric/doubling/c1/evidence/", remove=str(first.pk))
        assert Evidence.objects.count() == 1
        assert Score.objects.get().level == 3
        assert totals_seen(sitting.interview, User.objects.get(email="ines@example.org")) == {sitting.pk: [0.75]}

    @pytest.mark.parametrize(
        "address",
        ["", "https://evil.example/", "{base}?task=doubling&attempt={sent}&line=99", "{base}?attempt={sent}&line=0",
         "{base}?attempt=00000000-0000-4000-8000-000000000000&line=1", "{base}replay/?at=nan", "{base}replay/?at=-1",
         "{base}replay/?at=1e99", "{base}replay/", "{base}?attempt={sent}&line=x", "javascript:alert(1)"],
    )  # fmt: skip
    def test_what_leads_to_nothing_here_is_no_evidence(self, scene, address):
        text = address.format(base=scene["ines"].base, sent=scene["sent"].pk)
        answer = scene["ines"].post("rubric/doubling/c1/evidence/", address=text)
        assert "That leads to nothing in this sitting" in answer.text
        assert not Evidence.objects.exists()

    def test_evidence_of_another_sitting_is_none(self, scene, take):
        _, other = started(scene["interview"], "dora@example.org")
        sent = actions.submit(candidate=other.candidate, version=scene["sent"].version, source=b"a\n", kind=Kind.SUBMIT)
        for address in (
            f"{scene['ines'].base}?attempt={sent.pk}&line=1",
            f"/interviews/{scene['interview'].pk}/candidates/{other.pk}/replay/?at=1",
        ):
            assert "leads to nothing" in scene["ines"].post("rubric/doubling/c1/evidence/", address=address).text
        assert scene["ines"].comment(sent, 1, "x").status_code == 404
        assert scene["ines"].page(attempt=sent.pk).status_code == 404
        assert scene["ines"].page(against=sent.pk).status_code == 404

    @pytest.mark.parametrize(("criterion", "level", "status"), [("c9", 1, 400), ("c1", 5, 400), ("c1", -1, 400)])
    def test_only_what_the_rubric_has_is_scored(self, scene, criterion, level, status):
        assert scene["ines"].score(criterion, level).status_code == status
        assert not Score.objects.filter(level__isnull=False).exists()

    def test_two_windows_do_not_overwrite_one_another(self, scene):
        ines = scene["ines"]
        ines.score("c1", 3)
        late = ines.score("c1", 1, was=None)
        assert (late.status_code, late.json()["now"]) == (409, 3)
        assert ines.score("c1", 1, was=3).status_code == 200
        assert ines.score("c1", None, was=1).json() == {"level": None}
        ines.write("summary", "first")
        crossed = ines.write("summary", "second", revision=0)
        assert (crossed.status_code, crossed.json()["source"], crossed.json()["revision"]) == (409, "first", 1)
        assert ines.write("summary", "first", revision=0).status_code == 200, "the same text is no conflict"
        ines.recommend("yes")
        assert ines.recommend("no").json()["now"] == "yes"

    def test_comments_are_changed_deleted_and_escaped(self, scene):
        ines, sent = scene["ines"], scene["sent"]
        hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
        assert ines.comment(sent, 3, hostile).status_code == 200
        for page in (ines.page(), ines.page("decision/")):
            assert "<script>alert" not in page.text
            assert "<img src=x" not in page.text
        assert ines.comment(sent, 3, "", revision=1).json()["revision"] == 2
        assert ines.page().context["comments"] == []
        assert ines.comment(sent, 5, "beyond").status_code == 404
        made = AuditEntry.objects.filter(action__startswith="comment.").values_list("action", flat=True)
        assert sorted(made) == ["comment.deleted", "comment.made"]

    def test_odd_bodies_are_refused(self, scene):
        ines = scene["ines"]
        assert ines.put("recommendation/", choice="maybe", was="").status_code == 400
        assert ines.put("words/summary/", source="x").status_code == 400
        assert ines.put("words/secrets/", source="x", revision=0).status_code == 404
        assert ines.write("summary", "x" * 20_001).json()["error"] == "too_large"
        assert ines.write("notes", "nul \x00 and \ud800").status_code == 200


@pytest.mark.django_db(transaction=True)
class TestChanging:
    def test_a_change_rescores_and_says_so(self, scene, ines):
        scene["ines"].score("c1", 4)
        scene["ines"].score("c2", 1)
        reworded = ("c2", "Tests", ("nothing", "one", "*two*", "three", "by property"), 3)
        answer = scene["client"].post(scene["rubric"], rows(CLARITY, reworded))
        assert answer.status_code == 302
        row = Rescoring.objects.get()
        assert (row.was, row.now) == (0.625, (4 + 3) / 16)
        page = scene["ines"].page().text
        assert "Ines changed the" in page
        assert "its total was 62.5 % before and 43.8 % after" in page
        assert page.count("Scored under an earlier wording") == 1, "the other one reads as it did"
        told = scene["client"].get(scene["rubric"]).text
        assert "The levels of “Tests” read differently." in told
        assert "“Tests” weighs 3; it was 1." in told
        assert "Cleo, by Ines: 62.5 % before, 43.8 % after." in told
        scene["ines"].score("c2", 1, was=1)
        assert "Scored under an earlier wording" not in scene["ines"].page().text
        entry = AuditEntry.objects.get(action="rubric.changed")
        assert entry.details == {"edition": 1, "rescored": 1}

    def test_what_is_removed_is_kept_and_not_counted(self, scene, ines):
        scene["ines"].score("c1", 4)
        scene["ines"].score("c2", 0)
        scene["client"].post(scene["rubric"], rows(CLARITY, TESTS, **{"1-remove": "1"}))
        assert totals_seen(scene["interview"], ines)[scene["sitting"].pk] == [1.0]
        assert Score.objects.filter(criterion="c2", level=0).exists()
        assert "taken out of the rubric" in scene["ines"].page().text
        assert scene["ines"].score("c2", 3, was=0).json()["error"] == "no_criterion"
        scene["client"].post(scene["rubric"], rows(CLARITY, ("", *TESTS[1:]), edition=1))
        ids = [one["id"] for one in RubricEdition.objects.get(number=2).criteria]
        assert ids == ["c1", "c3"], "an id is never used again"
        assert totals_seen(scene["interview"], ines)[scene["sitting"].pk] == [1.0]

    def test_the_order_and_new_criteria(self, scene):
        data = rows(CLARITY, TESTS, ("", "Taste", ("a", "b", "c", "d", "e"), 2))
        scene["client"].post(scene["rubric"], {**data, "0-position": "3", "2-position": "1"})
        assert [one["title"] for one in RubricEdition.objects.get().criteria] == [
            "Taste",
            "Tests",
            "Clarity of `double`",
        ]
        assert not Rescoring.objects.exists()

    def test_nothing_changed_makes_no_edition(self, scene):
        scene["client"].post(scene["rubric"], rows(CLARITY, TESTS, ("", "", ("",) * 5, 1)))
        assert not RubricEdition.objects.exists()

    def test_two_who_change_it_at_once_are_told(self, scene):
        heavy = (*CLARITY[:3], 5)
        scene["client"].post(scene["rubric"], rows(heavy, TESTS))
        answer = scene["client"].post(scene["rubric"], rows((*CLARITY[:3], 7), TESTS))
        assert answer.status_code == 409
        assert "Somebody changed this rubric while you did" in answer.text
        assert 'value="7"' in answer.text, "what was typed stays"
        assert RubricEdition.objects.count() == 1

    @pytest.mark.parametrize(
        "row",
        [("c1", "", CLARITY[2], 1), (*CLARITY[:3], -1), (*CLARITY[:3], "x"), ("c1", "x", ("a", "", "c", "d", "e"), 1)],
    )
    def test_a_row_with_a_mistake_says_so(self, scene, row):
        answer = scene["client"].post(scene["rubric"], rows(row, TESTS))
        assert answer.status_code == 400
        assert answer.text.count('role="alert"') == 1
        assert not RubricEdition.objects.exists()

    def test_without_a_table_the_page_offers_a_first_step(self, ines, take):
        version = publish(package=reviewed_package(review="# Nothing to score\n")).version
        interview = an_interview(ines, [version.challenge])
        _, sitting = started(interview)
        client = signed_in(ines)
        assert "No rubric yet" in Reviewer(client, sitting).page().text
        client.post(f"/interviews/{interview.pk}/rubric/doubling/", rows(("", *CLARITY[1:])))
        assert "Clarity of" in Reviewer(client, sitting).page().text

    def test_a_draft_has_none_yet(self, ines):
        version = publish(package=reviewed_package()).version
        interview = an_interview(ines, [version.challenge])
        type(interview).objects.filter(pk=interview.pk).update(state="draft")
        interview.tasks.update(version=None)
        page = signed_in(ines).get(f"/interviews/{interview.pk}/rubric/doubling/")
        assert "when the interview opens" in page.text
