"""How a view comes to a project and to what hangs on it: for its authors, and for nobody else."""

from django.shortcuts import get_object_or_404

from gradetape.accounts.http import SignedInRequest, only_for
from gradetape.authoring.models import Project
from gradetape.authoring.models.project import may_author

authors_only = only_for(may_author)


def project_of(request: SignedInRequest, slug: str) -> Project:
    """The project, if one may see it. Raises Http404."""
    return get_object_or_404(Project.objects.visible_to(request.user), slug=slug)
