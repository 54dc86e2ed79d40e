"""The company's own sign-in, for pages that offer it where it is set up."""

from urllib.parse import urlencode, urlsplit

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from gradetape.environment import COMPANY_ID, Company

register = template.Library()


@register.simple_tag
def company() -> Company | None:
    """The provider of the settings, or None."""
    provider: Company | None = settings.COMPANY
    return provider


@register.simple_tag
def company_url(following: str = "", process: str = "login") -> str:
    """Where a form is sent to sign in there; then people go on to `following`."""
    asked = {"process": process} | ({"next": following} if following else {})
    return f"{reverse('openid_connect_login', args=[COMPANY_ID])}?{urlencode(asked)}"


@register.simple_tag(takes_context=True)
def takes_keys(context: template.Context) -> bool:
    """Whether browsers take security keys at this address: with https, or at localhost, and never at a bare number."""
    request: HttpRequest = context["request"]
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    if host == "localhost":
        return True
    is_number = ":" in host or host.replace(".", "").isdigit()
    return request.is_secure() and not is_number
