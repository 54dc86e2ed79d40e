"""What is asked of somebody who wants a token."""

from django import forms

from gradetape.accounts.forms import tidy
from gradetape.api.models import Scope

LIFETIMES = [("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("", "Until I revoke it")]


class TokenForm(forms.Form):
    """A name to know it by, what it may do, and for how long."""

    name = forms.CharField(
        max_length=60, help_text="Where you will use it, such as “laptop”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    scope = forms.ChoiceField(choices=Scope.choices, label="It may", initial=Scope.SUBMIT)
    lifetime = forms.ChoiceField(choices=LIFETIMES, label="It lasts", required=False, initial="90")

    def clean_name(self) -> str:
        return tidy(self.cleaned_data["name"])

    @property
    def days(self) -> int | None:
        """How long the token lasts."""
        chosen = self.cleaned_data["lifetime"]
        return int(chosen) if chosen else None
