"""Who signs in, and in which teams they are.

The role decides what somebody may do; authors need one thing besides, the right to publish. A team is a way to share:
what it is put on is open to those of its members whose role allows it.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Role(models.TextChoices):
    """What somebody is here for."""

    CANDIDATE = "candidate", "Candidate"
    INTERVIEWER = "interviewer", "Interviewer"
    AUTHOR = "author", "Author"
    ADMIN = "admin", "Administrator"


class UserManager(BaseUserManager["User"]):
    """Makes accounts; addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account with a usable password, or with none that works."""
        if not email:
            raise ValueError("Expected an e-mail address. Received: none.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An administrator (what `manage.py createsuperuser` calls)."""
        return self.create_user(email, password, role=Role.ADMIN, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account of an address, however its letters are written."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person with an account."""

    email = models.EmailField("e-mail address", unique=True)
    display_name = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.CANDIDATE)
    # A name of the IANA database; empty: whatever the browser says.
    time_zone = models.CharField(max_length=64, blank=True)
    # What authors write is proposed; those who are trusted publish, and approve what others propose.
    trusted_to_publish = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email

    @property
    def is_admin(self) -> bool:
        return self.is_active and self.role == Role.ADMIN

    @property
    def may_publish(self) -> bool:
        """Whether somebody may make a version live: administrators, and the authors who are trusted with it."""
        return self.is_admin or (self.is_active and self.role == Role.AUTHOR and self.trusted_to_publish)

    @property
    def is_staff(self) -> bool:
        """What Django's admin asks before it opens."""
        return self.is_admin

    @property
    def is_superuser(self) -> bool:
        return self.is_admin

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Administrators may do everything in Django's admin, others nothing."""
        return self.is_admin

    def has_perms(self, perm_list: Iterable[str], obj: object | None = None) -> bool:
        return self.is_admin

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_admin

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name or self.email.partition("@")[0]


class Team(models.Model):
    """People who share what they work on. Administrators say who is in it; a name has no @, so it is no address."""

    name = models.CharField(
        max_length=60, validators=[RegexValidator(r"^[^@]*[^@\s][^@]*$", "Expected a name of a team, without @.")]
    )
    members = models.ManyToManyField(User, related_name="teams", blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["Team"]] = models.Manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="team_name_once", violation_error_message="There is a team of this name already."
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> str:
        """Under which the audit log keeps who came and who left."""
        return f"team:{self.pk}"
