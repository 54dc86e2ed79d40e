"""What people are asked about themselves."""

from typing import Any

from django import forms
from django.http import HttpRequest

from gradetape.accounts.models import User
from gradetape.accounts.zones import zone_choices


def tidy(name: str) -> str:
    """A name without the spaces that nobody meant."""
    return " ".join(name.split())


class DisplayNameForm(forms.Form):
    """The name that others see; allauth's own sign-up form builds on this one."""

    display_name = forms.CharField(
        max_length=80, label="Name", widget=forms.TextInput(attrs={"autocomplete": "name", "placeholder": ""})
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth when the account has been made."""
        user.display_name = tidy(self.cleaned_data["display_name"])
        user.save(update_fields=["display_name"])


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker alone
    """Name and time zone."""

    display_name = forms.CharField(
        max_length=80, label="Name", help_text="What others see beside your work.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    time_zone = forms.ChoiceField(
        choices=zone_choices, required=False, label="Time zone", help_text="All times on this site are shown in it."
    )

    class Meta:
        model = User
        fields = ["display_name", "time_zone"]

    def clean_display_name(self) -> str:
        return tidy(self.cleaned_data["display_name"])


class DeleteForm(forms.Form):
    """The address of the account, typed again: nobody deletes an account by a slip of the hand."""

    email = forms.CharField(
        label="Your e-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="Type it to confirm.",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"].strip()
        if typed.lower() != self.user.email.lower():
            raise forms.ValidationError(f"This account's address is {self.user.email}. You typed {typed}.")
        return typed
