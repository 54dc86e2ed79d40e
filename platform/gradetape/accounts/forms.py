"""What sign-up asks besides the address and the password."""

from django import forms
from django.http import HttpRequest

from gradetape.accounts.models import User


class DisplayNameForm(forms.Form):
    """The name that others see; allauth's own sign-up form builds on this one."""

    display_name = forms.CharField(
        max_length=80, label="Name", widget=forms.TextInput(attrs={"autocomplete": "name", "placeholder": ""})
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth when the account has been made."""
        user.display_name = " ".join(self.cleaned_data["display_name"].split())
        user.save(update_fields=["display_name"])
