"""What is asked about a webhook."""

from ipaddress import ip_address

from django import forms
from django.conf import settings

from gradetape.webhooks.addresses import may_reach, parsed
from gradetape.webhooks.exceptions import NotAllowed
from gradetape.webhooks.models import CHOSEN


class WebhookForm(forms.Form):
    """An address and what it is told."""

    url = forms.CharField(
        label="Address", max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://tracking.example.org/hooks", "autocomplete": "off"}),
        help_text="What takes the messages. It has to be on the public Internet.",
    )  # fmt: skip
    events = forms.MultipleChoiceField(
        label="It is told when", choices=[(one.value, one.label) for one in CHOSEN],
        initial=[one.value for one in CHOSEN], widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def clean_url(self) -> str:
        """Raises ValidationError for what no message can be sent to; a host's name is looked up at each sending."""
        url: str = self.cleaned_data["url"]
        try:
            _, host, _ = parsed(url)
        except NotAllowed as error:
            raise forms.ValidationError(str(error)) from None
        if not settings.WEBHOOKS_PRIVATE and is_own(host):
            raise forms.ValidationError("This host is not on the public Internet.")
        return url


def is_own(host: str) -> bool:
    """Whether a host is this machine or another one of a private network, as far as its text says."""
    try:
        return not may_reach(ip_address(host))
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
