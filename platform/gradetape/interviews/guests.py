"""Guests: accounts made for one sitting each. Nobody signs in to them, and they open nothing else."""

import uuid

from gradetape.accounts.models import User

# A name that no mail reaches, by RFC 2606. The address alone tells a guest: no request has to look anything up.
DOMAIN = "guest.gradetape.invalid"


def make_guest(*, name: str) -> User:
    """A new guest."""
    return User.objects.create_user(f"{uuid.uuid4().hex}@{DOMAIN}", None, display_name=name)


def is_guest(user: object) -> bool:
    """Whether this is a guest."""
    return isinstance(user, User) and user.email.endswith(f"@{DOMAIN}")


def leave_other_places(guest: User) -> None:
    """End all of a guest's sessions: each holds a digest of the password field, whose new value fits none."""
    guest.set_unusable_password()
    guest.save(update_fields=["password"])
