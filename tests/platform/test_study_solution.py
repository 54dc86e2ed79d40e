"""The solution: not a byte of it before it is solved or given up, and all of it afterwards."""

import pytest
from django.test import Client
from support import MANIFEST, finish, signed_in

from grader.model import Verdict
from grader.package import Package
from gradetape.catalog.actions import publish
from gradetape.catalog.models import Challenge
from gradetape.study import solutions
from gradetape.study.actions import give_up
from gradetape.study.disclosure import disclosure_of, solution_for
from gradetape.study.models import GivenUp
from gradetape.study.solutions import read, without_docstring
from gradetape.submissions.models import Kind

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = "/challenges/doubling/solution/"
SHOW = f"{PLACE}show/"
REFERENCE = (
    '"""Twice as much: see https://example.org/twice.\n\n    y = x + x\n"""\n\ndef double(x):\n    return x + x\n'
)
WRONG = "# caught by: two, nothing\n# why: adds one <b>instead</b>\ndef double(x):\n    return x + 1\n"


@pytest.fixture(autouse=True)
def _nothing_read_before():
    read.cache_clear()


@pytest.fixture
def version(tiny):
    """Instead of the planted one: a package whose solution can be told from everything else."""
    package = tiny().with_files({"reference.py": REFERENCE.encode(), "submissions/rejected/one.py": WRONG.encode()})
    return publish(package=package).version


def held(answer) -> bool:
    """Whether anything of the solution is in an answer."""
    content = answer.content.decode()
    return any(word in content for word in ("x + x", "Twice as much", "example.org/twice", "instead"))


def test_nothing_is_shown_to_whoever_has_not_solved_it(version, as_ana, send, take, ana):
    assert not held(as_ana.get(PLACE))
    finish(take(send(ana)), verdict=Verdict.PARTIAL, score=99.0)
    finish(take(send(ana, kind=Kind.RUN)))
    send(ana)
    for headers in ({}, {"Accept": "application/json"}, {"HX-Request": "true"}):
        for method in (as_ana.get, as_ana.head, as_ana.options, as_ana.put, as_ana.delete, as_ana.patch):
            assert not held(method(PLACE, headers=headers))
            assert not held(method(SHOW, headers=headers))
    challenge = Challenge.objects.select_related("live").get()
    assert solution_for(disclosure_of(ana, challenge), challenge) is None
    assert not read.cache_info().misses, "the archive is not even opened"


def test_who_has_solved_it_sees_the_code_the_explanation_and_the_traps(version, as_ana, send, take, ana):
    finish(take(send(ana)))
    answer = as_ana.get(PLACE)
    text = answer.text
    assert held(answer)
    assert '<a href="https://example.org/twice"' in text
    assert "You solved this." in text
    assert "adds one &lt;b&gt;instead&lt;/b&gt;" in text
    assert "Two, Nothing" in text
    assert text.count("Twice as much") == 1, "the docstring is the explanation, and not shown again with the code"
    assert not GivenUp.objects.exists()


@pytest.mark.parametrize("verdict", [Verdict.JUDGE_ERROR, Verdict.PARTIAL])
def test_what_is_not_accepted_opens_nothing(version, as_ana, send, take, ana, verdict):
    finish(take(send(ana)), verdict=verdict)
    assert not held(as_ana.get(PLACE))


def test_somebody_else_s_success_opens_nothing(version, as_bob, send, take, ana):
    finish(take(send(ana)))
    assert not held(as_bob.get(PLACE))


def test_giving_up_has_to_be_meant(version, as_ana):
    for body in ({}, {"sure": ""}, {"sure": "no"}):
        answer = as_ana.post(SHOW, body)
        assert (answer.status_code, held(answer)) == (400, False)
        assert "Tick the box first" in answer.text
    assert as_ana.get(f"{SHOW}?sure=yes").status_code == 405
    assert not GivenUp.objects.exists()


def test_giving_up_without_a_token_does_nothing(version, ana):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana)
    assert strict.post(SHOW, {"sure": "yes"}).status_code == 403
    assert not GivenUp.objects.exists()


def test_giving_up_opens_the_solution_for_good_and_is_remembered_once(version, as_ana, as_bob, ana):
    for _ in range(2):
        answer = as_ana.post(SHOW, {"sure": "yes"}, follow=True)
        assert held(answer)
    assert "You gave this one up" in answer.text
    assert GivenUp.objects.get().candidate == ana
    assert not held(as_bob.get(PLACE))


def test_the_catalogue_says_who_gave_up(version, as_ana, as_bob):
    as_ana.post(SHOW, {"sure": "yes"})
    assert ">given up<" in as_ana.get("/challenges/").text
    assert ">given up<" not in as_bob.get("/challenges/").text


def test_solving_it_later_counts_as_after_seeing_it(version, as_ana, send, take, ana):
    early = send(ana)
    give_up(candidate=ana, challenge=version.challenge)
    finish(take(send(ana)))
    assert not disclosure_of(ana, version.challenge).solved_alone
    assert "You solved this after seeing the solution" in as_ana.get(PLACE).text
    finish(take(early))
    assert disclosure_of(ana, version.challenge).solved_alone, "what was sent before counts as one's own"


def test_who_has_solved_it_does_not_give_up(version, as_ana, send, take, ana):
    finish(take(send(ana)))
    as_ana.post(SHOW, {"sure": "yes"})
    assert not GivenUp.objects.exists()


def test_an_explanation_of_its_own_comes_before_the_docstring(tiny, ana):
    words = {"reference.py": REFERENCE.encode(), "explanation.md": b"# Why\n\nBecause **so**. <script>x</script>"}
    version = publish(package=tiny().with_files(words)).version
    found = read(version.digest)
    assert "<strong>so</strong>" in found.explanation_html
    assert "<script" not in found.explanation_html
    assert "Twice as much" in found.code_html


DEEP = [pytest.param("-" * 20_000, id="deep"), pytest.param("x" + ".y" * 20_000, id="long")]


@pytest.mark.parametrize("source", ["", "x = 1\n", "def", '"""Words."""', '"""Words."""\nx = 1\n', "\x00", *DEEP])
def test_any_reference_can_be_shown(source):
    assert "Words" not in without_docstring(source)


def test_a_package_without_words_is_shown_without(tiny, ana):
    publish(package=tiny())
    challenge = Challenge.objects.select_related("live").get()
    give_up(candidate=ana, challenge=challenge)
    found = solution_for(disclosure_of(ana, challenge), challenge)
    assert found is not None
    assert (found.explanation_html, found.traps) == ("", ())


def test_related_challenges_share_topics_and_solved_ones_come_last(version, tiny, ana, send, take):
    def other(slug: str, topics: str) -> Package:
        return tiny(slug, MANIFEST.replace("Doubling", slug.title()).replace('["numbers", "warm-up"]', topics))

    for slug, topics in (
        ("rare", '["warm-up"]'), ("common", '["numbers"]'), ("both", '["numbers", "warm-up"]'), ("none", '["x"]'),
        ("other", '["numbers"]'),
    ):  # fmt: skip
        publish(package=other(slug, topics))
    client = signed_in(ana)
    assert [row["slug"] for row in client.get(PLACE).context["related"]] == ["both", "rare", "common", "other"]
    finish(take(send(ana)))
    assert "doubling" not in [row["slug"] for row in client.get(PLACE).context["related"]]


def test_the_solution_is_read_once_for_a_version(version, as_ana, send, take, ana, monkeypatch):
    finish(take(send(ana)))
    assert held(as_ana.get(PLACE))
    monkeypatch.setattr(solutions, "Package", None)
    assert held(as_ana.get(PLACE))
