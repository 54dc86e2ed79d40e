"""What is alike: copies are found however they are dressed, and independent people are left alone."""

import itertools
import re

import pytest
from comparing import candidate, graded
from interviewing import an_interview
from support import signed_in

from grader.package import Package, library
from gradetape.comparing import likeness, similarity
from gradetape.comparing.sides import ALIKE, side_by_side
from gradetape.comparing.similarity import THRESHOLD, alike, grams_of, read, runs_of
from gradetape.comparing.tasks import compare_task
from gradetape.comparing.tokens import symbols_of, tokens_of

PACKAGES = {slug: Package.from_folder(folder) for slug, folder in library().items()}
# Their author wrote one from the other: all but some thirty lines are the same.
WRITTEN_TOGETHER = {("training-debugger", "kept_and_restored.py", "sweep_in_fit.py")}
NOBODY = frozenset()


def accepted(slug: str) -> dict[str, str]:
    return {name: source.decode() for name, source in PACKAGES[slug].submissions("accepted").items()}


def unseen(slug: str) -> frozenset:
    """What does not count between candidates of a challenge."""
    package = PACKAGES[slug]
    answers = [text.decode() for name, text in package.submissions("rejected").items() if name.startswith("documented")]
    return grams_of([package.starter, package.statement, package.reference, *answers])


def renamed(source: str) -> str:
    """Under other names what can have other names, without comments, and with lines broken elsewhere."""
    tokens = tokens_of(source, 10**6)
    symbols = symbols_of(tokens)
    fixed = {token.text for token, symbol in zip(tokens, symbols, strict=True) if symbol == token.text}
    text, place = "", 0
    for token, symbol in zip(tokens, symbols, strict=True):
        word = f"{token.text[::-1]}_anew" if symbol == "a name" and token.text not in fixed else token.text
        text += re.sub(r"#.*", "", source[place : token.start]) + (word + "\n        " if word == "," else word)
        place = token.end
    return f"{text}\n# my own work\n"


def turned_round(source: str) -> str:
    """Functions and methods in the opposite order."""
    blocks = re.split(r"(?m)^(?=    def |def |class |@)", source)
    return "\n".join(reversed(blocks))


@pytest.mark.parametrize("slug", sorted(PACKAGES))
def test_independent_solutions_stay_below_the_threshold(slug):
    given = unseen(slug)
    texts = {name: read(source, given) for name, source in accepted(slug).items()}
    for one, other in itertools.combinations(sorted(texts), 2):
        share = alike(texts[one], texts[other])
        assert (share >= THRESHOLD) == ((slug, one, other) in WRITTEN_TOGETHER), (one, other, share)


@pytest.mark.parametrize("slug", sorted(PACKAGES))
def test_copies_are_found_however_they_are_dressed(slug):
    given = unseen(slug)
    for source in accepted(slug).values():
        text = read(source, given)
        if text.own < similarity.FEWEST:
            continue
        for dressed in (renamed(source), turned_round(source), turned_round(renamed(source))):
            assert alike(text, read(dressed, given)) >= THRESHOLD
        padded = source + "\n".join(f"\ndef unused_{n}(x):\n    return [x ** {n}, print]" for n in range(60))
        assert alike(text, read(padded, given)) >= 0.85


@pytest.mark.parametrize("slug", sorted(PACKAGES))
def test_what_everybody_was_given_is_nobody_s(slug):
    package = PACKAGES[slug]
    starter = read(package.starter, grams_of([package.starter, package.statement]))
    assert starter.own == 0
    assert alike(starter, starter) == 0
    reference = read(package.reference, unseen(slug))
    assert alike(reference, reference) == 0


@pytest.mark.parametrize(
    "source",
    [
        "",
        "def (",
        "'''never closed",
        '"""\\',
        "\x00\x00",
        "((((" * 5000,
        "'" * 60_000,
        "x = '\\",
        "if True:\n\tx\n  y\n",
    ],
)
def test_what_is_no_python_is_compared_all_the_same(source):
    broken = source + "\n" + "\n".join(f"value_{n} = compute({n}, other=[{n}, {n + 1}])" for n in range(30))
    text = read(broken, NOBODY)
    assert "".join(broken[token.start : token.end] for token in text.tokens) != " "
    runs_of(text, read(source, NOBODY))
    if "'''" not in source and '"""' not in source:
        assert alike(text, text) > 0.2


def test_a_copy_that_does_not_compile_is_found():
    source = accepted("training-loop")["eager_steps.py"] if "eager_steps.py" in accepted("training-loop") else next(
        iter(accepted("training-loop").values())
    )  # fmt: skip
    assert alike(read(source, NOBODY), read(source + "\ndef (:\n", NOBODY)) > 0.95


def test_short_files_say_nothing():
    text = read("def double(x):\n    return x + x\n" * 3, NOBODY)
    assert text.own < similarity.FEWEST
    assert alike(text, text) == 0


def test_the_work_is_bounded():
    text = read("a+" * 40_000, NOBODY)
    assert len(text.tokens) == similarity.MOST_TOKENS


@pytest.mark.parametrize("slug", sorted(PACKAGES)[:6])
def test_both_sides_show_their_text_and_the_same_stretches(slug):
    one, other = sorted(accepted(slug).values())[:2]
    other += one[len(one) // 2 :]
    given = grams_of([PACKAGES[slug].starter])
    ours, theirs, stretches = side_by_side(one, read(one, given), other, read(other, given))
    assert stretches
    for lines, source in ((ours, one), (theirs, other)):
        assert "\n".join("".join(piece.text for piece in line.pieces) for line in lines) == source
        assert sorted(number for line in lines for number in line.begins) == list(range(1, stretches + 1))
        assert all(line.within for line in lines if any(piece.kind == ALIKE and piece.text for piece in line.pieces))


@pytest.fixture
def sat(ines, version):
    """An interview where Bo sent Ana's text under other names, and Cy another one."""
    interview = an_interview(ines, [version.challenge])
    one, other = sorted(accepted("dqn-agent").values())[:2]
    sittings = {name: candidate(interview, name) for name in ("Ana", "Bo", "Cy")}
    for sitting, source in zip(sittings.values(), (one, renamed(one), other), strict=True):
        graded(sitting, version, source)
    return interview, sittings


@pytest.mark.django_db(transaction=True)
def test_a_pair_is_shown_and_leads_to_both_texts(ines, sat):
    interview, sittings = sat
    as_ines, base = signed_in(ines), interview.get_absolute_url()
    page = as_ines.get(f"{base}compare/")
    (matches,) = page.context["matches"]
    (match,) = matches.found
    assert {match.a, match.b} == {"Ana", "Bo"}
    assert match.percent > 90
    assert match.url.replace("&", "&amp;") in page.text
    both = as_ines.get(match.url)
    assert both.status_code == 200
    assert both.context["sides"].percent == match.percent
    assert "<mark>" in both.text
    ana, bo = sittings["Ana"].pk, sittings["Bo"].pk
    wrong = [f"a={ana}&b={ana}", f"a=x&b={bo}", f"a=reference&b={bo}", f"a={ana}&b=secret"]
    for query in wrong:
        assert as_ines.get(f"{base}compare/similar/doubling/?{query}").status_code == 404, query
    assert as_ines.get(f"{base}compare/similar/tripling/?a={ana}&b={bo}").status_code == 404
    assert as_ines.get(f"{base}compare/similar/doubling/?a={ana}&b=reference").status_code == 200
    choosing = as_ines.get(f"{base}compare/similar/doubling/")
    assert choosing.context["choices"] == [(str(sittings[name].pk), name) for name in ("Ana", "Bo", "Cy")]
    assert choosing.context["published"] == [("reference", "the reference")]


@pytest.mark.django_db(transaction=True)
def test_hidden_names_are_hidden_beside_the_texts_too(ines, sat):
    interview, _ = sat
    interview.hides_names = True
    interview.save()
    as_ines = signed_in(ines)
    (matches,) = as_ines.get(f"{interview.get_absolute_url()}compare/").context["matches"]
    text = as_ines.get(matches.found[0].url).text
    assert "Candidate " in text
    assert "Ana" not in text


@pytest.mark.django_db(transaction=True)
def test_it_is_worked_out_once(ines, sat, monkeypatch):
    interview, _ = sat
    as_ines, page = signed_in(ines), f"{interview.get_absolute_url()}compare/"
    found = as_ines.get(page).context["matches"][0].found

    def never(*_: object) -> None:
        raise AssertionError("worked out again")

    monkeypatch.setattr(likeness, "pairs_among", never)
    assert as_ines.get(page).context["matches"][0].found == found


@pytest.mark.django_db(transaction=True)
def test_much_work_is_left_to_a_worker(ines, sat, monkeypatch):
    interview, _ = sat
    rung = []
    monkeypatch.setattr(likeness, "AT_ONCE", 100)
    monkeypatch.setattr(likeness.app, "send_task", lambda name, args, queue: rung.append((name, args, queue)))
    as_ines, page = signed_in(ines), f"{interview.get_absolute_url()}compare/"
    for _ in range(2):
        answer = as_ines.get(page)
        assert not answer.context["matches"][0].is_known
        assert "are being compared" in answer.text
    task = interview.tasks.get()
    assert rung == [(likeness.COMPARE, [task.pk], "validation")]
    compare_task(task.pk)
    assert [match.percent > 90 for match in as_ines.get(page).context["matches"][0].found] == [True]


@pytest.mark.django_db(transaction=True)
def test_without_redis_the_page_is_there(ines, sat, monkeypatch, redis_process):
    interview, _ = sat
    as_ines = signed_in(ines)
    redis_process.stop()
    try:
        assert as_ines.get(f"{interview.get_absolute_url()}compare/").context["matches"][0].found
    finally:
        redis_process.start()
