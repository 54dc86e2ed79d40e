"""The pages of proofs: for a project's authors, and for nobody else; and their stream."""

import json
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient, Client
from django.urls import reverse
from proving import FILES, alma, engine, project, started, step, to_the_end
from support import signed_in

from gradetape.accounts.models import Role, User
from gradetape.authoring.files import write
from gradetape.authoring.models import Proof, ProofKind
from gradetape.authoring.proofs.turns import PROOFS
from gradetape.turntaking.models import Stage

__all__ = ["alma", "engine", "project", "started"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_alma(alma) -> Client:
    return signed_in(alma)


def addresses(proof: Proof) -> dict[str, str]:
    slug = proof.project.slug
    return {
        "page": reverse("studio_proof", args=[slug]),
        "cell": f"{reverse('studio_proof_cell', args=[slug, proof.pk])}?row=reference/reference.py&case=two",
        "state": reverse("studio_proof_state", args=[slug, proof.pk]),
        "events": reverse("studio_proof_events", args=[slug, proof.pk]),
    }


def posts(proof: Proof) -> list[str]:
    slug = proof.project.slug
    return [
        reverse("studio_prove", args=[slug]),
        reverse("studio_proof_cancel", args=[slug, proof.pk]),
        reverse("studio_adopt", args=[slug, proof.pk, 0]),
    ]


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.INTERVIEWER, Role.AUTHOR])
def test_nobody_else_comes_near(started, role):
    proof = started()
    stranger = signed_in(User.objects.create_user("eve@example.org", "e-long-password", role=role))
    assert {stranger.get(address).status_code for address in addresses(proof).values()} == {404}
    assert {stranger.post(address).status_code for address in posts(proof)} == {404}
    assert Proof.objects.get().state == Stage.QUEUED


def test_a_proof_of_another_project_is_not_reached_through_ones_own(started, alma, as_alma, project):
    proof = started()
    project.authors.clear()
    own = project.__class__.objects.create(slug="mine")
    own.authors.add(alma)
    assert as_alma.get(f"/studio/projects/mine/proof/{proof.pk}/state/").status_code == 404
    assert as_alma.get(f"/studio/projects/mine/proof/?proof={proof.pk}").status_code == 404
    assert as_alma.post(f"/studio/projects/mine/proof/{proof.pk}/cancel/").status_code == 404


def test_it_is_started_watched_and_cancelled(as_alma, project):
    page = reverse("studio_proof", args=[project.slug])
    assert b"Nothing is proved yet" in as_alma.get(page).content
    begun = as_alma.post(reverse("studio_prove", args=[project.slug]), {"kind": "full"})
    proof = Proof.objects.get()
    assert begun.headers["Location"] == proof.get_absolute_url()
    assert proof.kind == ProofKind.FULL
    step(proof)
    html = as_alma.get(page).content.decode()
    assert 'data-row-key="accepted/right.py"' in html
    assert "passed, as expected" in html
    told = json.loads(as_alma.get(addresses(proof)["state"]).content)
    assert told["events"][0]["data"]["rows"]["reference/reference.py"]["cells"]["two"] == "passed good"
    as_alma.post(posts(proof)[1])
    assert Proof.objects.get().state == Stage.CANCELLED


def test_what_an_author_wrote_is_text_on_the_page(as_alma, project, alma, started):
    proof = to_the_end(started(rejected="# caught by: three\n# why: <script>alert(1)</script>\npass\n"))
    html = as_alma.get(addresses(proof)["page"]).content.decode()
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html
    assert "not caught" in html


def test_the_page_says_that_the_files_have_changed(as_alma, project, alma, started):
    proof = to_the_end(started())
    assert b"have changed since" not in as_alma.get(addresses(proof)["page"]).content
    file = project.files.get(path="reference.py")
    write(project=project, path="reference.py", content=b"pass # new\n", by=alma, revision=file.revision)
    assert b"have changed since" in as_alma.get(addresses(proof)["page"]).content


def test_files_that_make_no_challenge_are_refused_in_words(as_alma, project):
    project.files.filter(path="probes.py").delete()
    assert b"expected the file probes.py" in as_alma.get(reverse("studio_proof", args=[project.slug])).content
    as_alma.post(reverse("studio_prove", args=[project.slug]))
    assert not Proof.objects.exists()


@pytest.mark.parametrize("row", ["", "nobody", "rejected/nobody.py", "reference/../../etc"])
def test_a_cell_that_is_none_is_not_found(as_alma, started, row):
    proof = started()
    address = reverse("studio_proof_cell", args=[proof.project.slug, proof.pk])
    assert as_alma.get(address, {"row": row, "case": "two"}).status_code == 404
    assert as_alma.get(address, {"row": "reference/reference.py", "case": "nowhere"}).status_code == 404
    assert as_alma.get(reverse("studio_proof", args=[proof.project.slug]), {"proof": "x"}).status_code == 404
    assert as_alma.get(reverse("studio_proof", args=[proof.project.slug]), {"proof": str(uuid4())}).status_code == 404


def test_a_cell_tells_of_each_seed(as_alma, started):
    proof = to_the_end(started(ProofKind.FULL))
    address = reverse("studio_proof_cell", args=[proof.project.slug, proof.pk])
    html = as_alma.get(address, {"row": "rejected/caught.py", "case": "three"}).content.decode()
    assert html.count("<tr>") == 1 + 3
    assert "the solution names this case" in html


def test_the_page_asks_no_more_questions_for_more_solutions(
    as_alma, started, project, alma, django_assert_max_num_queries
):
    to_the_end(started())
    page = reverse("studio_proof", args=[project.slug])
    with django_assert_max_num_queries(16):
        as_alma.get(page)
    for index in range(12):
        text = FILES["submissions/accepted/right.py"].encode()
        write(project=project, path=f"submissions/accepted/more_{index}.py", content=text, by=alma, revision=0)
    to_the_end(started())
    with django_assert_max_num_queries(16):
        as_alma.get(page)


async def test_the_stream_tells_what_lands_and_ends(started, alma):
    proof = await sync_to_async(started)()
    client = AsyncClient()
    await sync_to_async(client.force_login)(alma)
    answer = await client.get(f"/studio/projects/doubles/proof/{proof.pk}/events/")
    pieces, frames = answer.streaming_content, []
    async for piece in pieces:
        frames.append(piece.decode())
        if len(frames) == 1:
            await sync_to_async(to_the_end)(proof)
    types = [line.partition(": ")[2] for frame in frames for line in frame.splitlines() if line.startswith("event")]
    assert types[-1] == "end"
    assert "board" in types
    ids = [line.partition(": ")[2] for frame in frames for line in frame.splitlines() if line.startswith("id")]
    assert ids == sorted(ids, key=lambda one: tuple(map(int, one.split("-"))))


def test_waiting_for_people_is_said(as_alma, started, send, ana):
    proof = started()
    send(ana)
    assert PROOFS.claim(job_id=proof.pk, worker="w") is None
    assert b"submissions go first" in as_alma.get(addresses(proof)["page"]).content
