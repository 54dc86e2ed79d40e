"""Deleting what candidates did, by hand: one person, or a whole interview. Each asks for what is to be deleted."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gradetape.accounts.forms import tidy
from gradetape.accounts.http import SignedInRequest
from gradetape.interviews.access import interview_of
from gradetape.interviews.actions.forget import delete_candidate, delete_interview
from gradetape.interviews.exceptions import InterviewError, NotArchived
from gradetape.interviews.models import Interview
from gradetape.interviews.views.inviting import invitation_of


class TypedForm(forms.Form):
    """Taken when the words that are asked for are typed, whatever the size of their letters."""

    typed = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, words: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        self.fields["typed"].label = f"To be sure, type: {words}"

    def clean_typed(self) -> str:
        typed = tidy(self.cleaned_data["typed"])
        if typed.casefold() != tidy(self.words).casefold():
            raise forms.ValidationError(f"Expected: {self.words}. Nothing was deleted.")
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def candidate(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Delete one person with everything that is kept of them, as they may ask for."""
    invitation = invitation_of(request, pk)
    interview = invitation.interview
    # By what the list of invitations calls them, and never by a number: the number is what nobody may know.
    words = invitation.name or invitation.email
    form = TypedForm(request.POST or None, words=words)
    if request.method == "POST" and form.is_valid():
        delete_candidate(invitation=invitation, by=request.user)
        messages.success(request, "Deleted, with everything that was kept.")
        return redirect(interview)
    what = "This deletes the invitation, the sitting, the code with all its results, the recording and the reviews."
    return _asked(request, interview, form, f"Delete what is kept of {words}", what)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def interview(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Delete an archived interview with all its candidates."""
    found = interview_of(request, pk)
    if not found.is_archived:
        messages.error(request, str(NotArchived()))
        return redirect(found)
    form = TypedForm(request.POST or None, words=found.title)
    if request.method == "POST" and form.is_valid():
        try:
            delete_interview(interview=found, by=request.user)
        except InterviewError as error:
            messages.error(request, str(error))
            return redirect(found)
        messages.success(request, "The interview is deleted, with all its candidates.")
        return redirect("interviews")
    what = "This deletes the interview and everything that its candidates did and that was said about it."
    return _asked(request, found, form, f"Delete {found.title}", what)


def _asked(request: SignedInRequest, found: Interview, form: TypedForm, heading: str, what: str) -> HttpResponse:
    context = {"interview": found, "form": form, "heading": heading, "what": what}
    return render(request, "interviews/forget.html", context, status=400 if form.errors else 200)
