"""Looking back at a challenge: attempts, notes, the solution."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.answers import refusal
from gradetape.catalog.models import Challenge
from gradetape.catalog.statements import render as as_html
from gradetape.study import actions
from gradetape.study.differences import difference as difference_of
from gradetape.study.disclosure import disclosure_of, solution_for
from gradetape.study.exceptions import NoteChanged, NoteTooLarge
from gradetape.study.history import attempts_of, best_of, changes_between, page_of
from gradetape.study.models import Note
from gradetape.study.related import related_to
from gradetape.submissions.bodies import body_of
from gradetape.submissions.models import Submission

BOTH = "{newer}\n\n(Written in another window at the same time:)\n\n{older}"


class Written(msgspec.Struct):
    """The body of a note; the same words as for a draft, so one script keeps both."""

    source: str
    revision: Annotated[int, msgspec.Meta(ge=0, lt=2**31 - 1)]


def challenge_of(request: SignedInRequest, slug: str) -> Challenge:
    """The challenge, if one may see it. Raises Http404."""
    return get_object_or_404(Challenge.objects.visible_to(request.user).select_related("live"), slug=slug)


@require_safe
@never_cache
def attempts(request: SignedInRequest, slug: str) -> HttpResponse:
    """One's runs and submissions, a page at a time, with two of them to be chosen for a comparison."""
    challenge = challenge_of(request, slug)
    disclosure, mine = disclosure_of(request.user, challenge), attempts_of(request.user, challenge)
    context = {
        "challenge": challenge,
        "page": page_of(mine, request.GET.get("page", "1")),
        "best": best_of(mine, disclosure),
        "disclosure": disclosure,
    }
    return render(request, "study/attempts.html", context)


@require_safe
@never_cache
def difference(request: SignedInRequest, slug: str) -> HttpResponse:
    """Two of one's own attempts, line by line. In the address: from, to, and whole=1 for all lines."""
    challenge = challenge_of(request, slug)
    mine = attempts_of(request.user, challenge).select_related("version__challenge")
    before, after = (_chosen(mine, request.GET.get(name, "")) for name in ("from", "to"))
    whole = request.GET.get("whole") == "1"
    context = {
        "challenge": challenge,
        "before": before,
        "after": after,
        "whole": whole,
        "changes": changes_between(before, after),
        "lines": difference_of(before.text, after.text, whole=whole),
        "is_equal": before.text == after.text,
    }
    return render(request, "study/difference.html", context)


def _chosen(mine: Any, text: str) -> Submission:
    try:
        found: Submission = get_object_or_404(mine, pk=UUID(text))
    except ValueError as error:
        raise Http404 from error
    return found


@require_http_methods(["GET", "HEAD", "POST", "PUT"])
@never_cache
def notes(request: SignedInRequest, slug: str) -> HttpResponse:
    """One's notes: a page; a form that saves (POST); and what the page's script saves while one types (PUT)."""
    challenge = challenge_of(request, slug)
    if request.method == "PUT":
        return _autosaved(request, challenge)
    if request.method == "POST":
        return _sent(request, challenge)
    note = Note.objects.visible_to(request.user).filter(challenge=challenge).first()
    return _notes_page(request, challenge, note or Note(revision=0))


def _autosaved(request: SignedInRequest, challenge: Challenge) -> HttpResponse:
    try:
        written = body_of(request, Written)
        note = actions.save_note(
            candidate=request.user, challenge=challenge, text=written.source, revision=written.revision
        )
    except BadRequest as error:
        return refusal(400, "not_json", str(error))
    except NoteTooLarge as error:
        return refusal(400, error.code, str(error))
    except NoteChanged as error:
        newer = {"revision": error.newer.revision, "source": error.newer.text, "saved_at": error.newer.saved_at}
        return refusal(409, error.code, str(error), **newer)
    return JsonResponse({"revision": note.revision, "saved_at": note.saved_at})


def _sent(request: SignedInRequest, challenge: Challenge) -> HttpResponse:
    """Without a script. A note that was changed elsewhere is shown with both texts in it, not saved yet."""
    text, revision = request.POST.get("text", "").replace("\r\n", "\n"), request.POST.get("revision", "")
    number = int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else 0
    try:
        actions.save_note(candidate=request.user, challenge=challenge, text=text, revision=number)
    except NoteTooLarge as error:
        return _notes_page(request, challenge, Note(text=text, revision=number), str(error), status=400)
    except NoteChanged as error:
        both = Note(text=BOTH.format(newer=error.newer.text, older=text), revision=error.newer.revision)
        return _notes_page(request, challenge, both, f"{error} Both texts are here: save what you want to keep.", 409)
    return redirect("notes", slug=challenge.slug)


def _notes_page(
    request: SignedInRequest, challenge: Challenge, note: Note, trouble: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "challenge": challenge, "note": note, "trouble": trouble, "note_html": as_html(note.text, with_title=True),
        "limit": actions.NOTE_LIMIT,
    }  # fmt: skip
    return render(request, "study/notes.html", context, status=status)


@require_safe
@never_cache
def solution(request: SignedInRequest, slug: str) -> HttpResponse:
    """The reference with its explanation, or how to come to see it."""
    return _solution_page(request, challenge_of(request, slug))


def _solution_page(
    request: SignedInRequest, challenge: Challenge, trouble: str = "", status: int = 200
) -> HttpResponse:
    disclosure = disclosure_of(request.user, challenge)
    context = {
        "challenge": challenge,
        "disclosure": disclosure,
        "solution": solution_for(disclosure, challenge),
        "related": related_to(challenge, request.user),
        "trouble": trouble,
    }
    return render(request, "study/solution.html", context, status=status)


@require_POST
def give_up(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the solution to somebody who has not solved the challenge, if they say that they mean it."""
    challenge = challenge_of(request, slug)
    if request.POST.get("sure") != "yes":
        return _solution_page(request, challenge, "Tick the box first: this can't be taken back.", status=400)
    actions.give_up(candidate=request.user, challenge=challenge)
    return redirect("solution", slug=challenge.slug)
