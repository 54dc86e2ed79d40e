"""How a view comes to a project and to what hangs on it: for its authors, and for nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from gradetape.accounts.http import SignedInRequest
from gradetape.authoring.models import Project
from gradetape.authoring.models.project import may_author

View = Callable[..., HttpResponse]


def authors_only(view: View) -> View:
    """The view, for authors; for everybody else there is nothing here."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_author(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def project_of(request: SignedInRequest, slug: str) -> Project:
    """The project, if one may see it. Raises Http404."""
    return get_object_or_404(Project.objects.visible_to(request.user), slug=slug)
