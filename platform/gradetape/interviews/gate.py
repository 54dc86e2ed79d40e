"""What guests may open: the pages of their sitting, and nothing else of the site, whatever is added to it later."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin

from gradetape.interviews.guests import is_guest
from gradetape.interviews.models import Sitting

# By their names in urls.py. Anything with another name is not there for a guest.
OWN = "sitting"
ALSO = {"invitation", "editor_settings", "account_logout", "health"}
# Where people go who lost their way.
FRONT = {"home", "dashboard", "catalogue"}


class GuestMiddleware(MiddlewareMixin):
    """Refuses guests by default. Says `request.is_guest` to templates."""

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponseBase | None:
        request.is_guest = is_guest(request.user)  # type: ignore[attr-defined]
        if not is_guest(request.user):
            return None
        name = (request.resolver_match and request.resolver_match.url_name) or ""
        if name in ALSO or name == OWN or name.startswith(f"{OWN}_"):
            return None
        if name in FRONT:
            mine = Sitting.objects.visible_to(request.user).first()  # type: ignore[arg-type]
            if mine:
                return redirect(mine)
        raise Http404
