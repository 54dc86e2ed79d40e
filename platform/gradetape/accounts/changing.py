"""Changing one's address. Beside forms.py, since allauth's own forms are built on what stands there."""

from typing import Any

from allauth.account.forms import AddEmailForm
from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from gradetape.accounts.models import User


class ChangeEmailForm(AddEmailForm):
    """The address that one wants to have.

    allauth lets go of an address that was never confirmed as soon as another one is asked for, and the account then
    has none. Here the account keeps what it has until the new address is confirmed.
    """

    def clean_email(self) -> str:
        value: str = super().clean_email()
        if User.objects.filter(email=value).exclude(pk=self.user.pk).exists():
            raise ValidationError("This address can't be used here.")
        return value

    def save(self, request: HttpRequest) -> Any:
        with transaction.atomic():
            EmailAddress.objects.filter(user=self.user).exclude(email=self.user.email).delete()
            wanted = EmailAddress.objects.create(user=self.user, email=self.cleaned_data["email"])
        send_verification_email_to_address(request, wanted)
        return wanted
