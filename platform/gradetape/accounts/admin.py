"""People and teams in Django's admin: roles are given here. How they sign in is there to be read."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from gradetape.accounts import auditing
from gradetape.accounts.exceptions import LastAdministrator
from gradetape.accounts.forms import tidy
from gradetape.accounts.leaving import check_somebody_stays, delete_account
from gradetape.accounts.models import Role, Team, User
from gradetape.administration.people import PeopleAdmin
from gradetape.administration.reading import ReadOnlyAdmin
from gradetape.interviews.guests import DOMAIN

# Roles are all that one needs here. A company's sign-in is set in the environment, and nothing is kept of its tokens.
admin.site.unregister([Group, SocialApp, SocialToken])
# allauth lets these be changed by hand, and shows the secrets of second factors and sessions.
admin.site.unregister([EmailAddress, Authenticator, SocialAccount, UserSession])


def _who(request: HttpRequest) -> User:
    """Who is at it; nobody comes here without an account."""
    assert isinstance(request.user, User)
    return request.user


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker alone
    """What an administrator says of somebody."""

    class Meta:
        model = User
        fields = ["email", "display_name", "role", "trusted_to_publish", "is_active"]
        help_texts = {
            "email": "Theirs to change, as is the password: “forgotten”, where one signs in, sets the first one.",
            "role": "What somebody may do. It holds from their next click on.",
            "trusted_to_publish": "For authors: they publish, and decide on what others propose.",
            "is_active": "Without it nobody signs in, and open sessions and tokens end; all that they did stays.",
        }

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean_display_name(self) -> str:
        return tidy(self.cleaned_data["display_name"])

    def clean(self) -> dict[str, Any]:
        """Somebody has to stay who gives out roles."""
        cleaned = super().clean() or {}
        stays = cleaned.get("role") == Role.ADMIN and cleaned.get("is_active")
        if self.instance.pk and not stays:
            try:
                check_somebody_stays(self.instance)
            except LastAdministrator as error:
                raise ValidationError({"role": str(error)}) from error
        return cleaned


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker alone
    """Everybody with an account, and what they may do.

    Passwords are neither shown nor set here. Guests of interviews are no accounts of anybody: they are not listed.
    """

    form = UserForm
    list_display = ["email", "display_name", "role", "trusted_to_publish", "is_active", "date_joined", "last_login"]
    list_filter = ["role", "trusted_to_publish", "is_active", "teams"]
    search_fields = ["email", "display_name"]
    date_hierarchy = "date_joined"
    fields = [
        "email", "display_name", "role", "trusted_to_publish", "is_active", "in_teams", "sent", "date_joined",
        "last_login",
    ]  # fmt: skip
    readonly_fields = ["in_teams", "sent", "date_joined", "last_login"]
    # Deleting many people at once is a slip of the mouse.
    actions = None
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).exclude(email__endswith=f"@{DOMAIN}")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Whoever has an address changes it themselves: it is what they sign in with, and theirs to confirm."""
        return [*self.readonly_fields, "email"] if obj else self.readonly_fields

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.fields if obj else [name for name in self.fields if name not in self.readonly_fields]

    @admin.display(description="Teams", empty_value="none")
    def in_teams(self, user: User) -> str | None:
        return ", ".join(team.name for team in user.teams.all()) or None

    @admin.display(description="Submissions")
    def sent(self, user: User) -> int:
        return user.submissions.count()

    def save_model(self, request: HttpRequest, obj: User, form: UserForm, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
            obj.save()
            EmailAddress.objects.create(user=obj, email=obj.email, primary=True)
            auditing.record_made(by=_who(request), user=obj)
            return
        before = auditing.facts_of(User.objects.get(pk=obj.pk))
        obj.save()
        auditing.record_changes(by=_who(request), user=obj, before=before)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Administrators are made something else first, so that nobody deletes themselves or the last of them."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.role != Role.ADMIN)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What goes, in a few lines: it is deleted as if the person had done it, with all that is theirs."""
        lines = [f"{user.email}, with drafts, notes and {user.submissions.count()} submissions" for user in objs]
        return lines, {"accounts": len(lines)}, set(), []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        auditing.record_deleted(by=_who(request), user_id=obj.pk)
        delete_account(user=obj)


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    """A team with its members by their addresses: as good for five as for five hundred."""

    people = forms.CharField(
        required=False, label="Members", widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="The address of each on a line of its own.",
    )  # fmt: skip

    class Meta:
        model = Team
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["people"] = "\n".join(self.instance.members.values_list("email", flat=True))

    def clean_name(self) -> str:
        return tidy(self.cleaned_data["name"])

    def clean_people(self) -> list[User]:
        """The people; guests of interviews are in no team."""
        wanted = {address.lower() for address in self.cleaned_data["people"].split()}
        found = list(User.objects.filter(email__in=wanted).exclude(email__endswith=f"@{DOMAIN}"))
        unknown = sorted(wanted - {user.email for user in found})
        if unknown:
            raise ValidationError(f"Expected addresses of people with an account. Nobody has: {', '.join(unknown)}.")
        return found


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """People who share what they work on; a role still decides what somebody may open."""

    form = TeamForm
    list_display = ["name", "people", "created_at"]
    search_fields = ["name", "members__email", "members__display_name"]
    date_hierarchy = "created_at"
    readonly_fields = ["shares"]
    # One at a time: the log has an entry for each.
    actions = None

    def get_fields(self, request: HttpRequest, obj: Team | None = None) -> Any:
        return ["name", "people", "shares"] if obj else ["name", "people"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return super().get_queryset(request).annotate(people=Count("members", distinct=True))

    @admin.display(description="People", ordering="people")
    def people(self, team: Team) -> int:
        return team.people  # type: ignore[attr-defined]  # annotated above

    @admin.display(description="Shares", empty_value="nothing yet")
    def shares(self, team: Team) -> str | None:
        interviews = [f"interview “{one}”" for one in team.interviews.all()]
        return ", ".join([*interviews, *(f"project {one}" for one in team.projects.all())]) or None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Members are written once the team is; what it was before stands in the form and in the table."""
        team: Team = form.instance
        members = list(team.members.values_list("pk", flat=True))
        super().save_related(request, form, formsets, change)
        team.members.set(form.cleaned_data["people"])
        name = form.initial["name"] if change else ""
        auditing.record_team(by=_who(request), team=team, name_before=name, members_before=members)

    def delete_model(self, request: HttpRequest, obj: Team) -> None:
        auditing.record_team_deleted(by=_who(request), team=obj)
        obj.delete()


@admin.register(EmailAddress)
class EmailAddressAdmin(PeopleAdmin):
    """The addresses that people sign in with, and whether they have shown that these are theirs."""

    list_display = fields = ["email", "user", "verified", "primary"]
    list_filter = ["verified", "primary"]
    list_select_related = ["user"]
    search_fields = ["email"]


@admin.register(Authenticator)
class AuthenticatorAdmin(PeopleAdmin):
    """Who has which second factor."""

    list_display = fields = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    date_hierarchy = "created_at"


@admin.register(SocialAccount)
class CompanyAccountAdmin(PeopleAdmin):
    """Who signs in at their company."""

    list_display = fields = ["user", "provider", "uid", "date_joined", "last_login"]
    list_filter = ["provider"]
    list_select_related = ["user"]
    search_fields = ["user__email", "uid"]
    date_hierarchy = "date_joined"


@admin.register(UserSession)
class UserSessionAdmin(PeopleAdmin):
    """Where people are signed in. A session ends when its account is no longer active."""

    list_display = fields = ["user", "ip", "user_agent", "created_at", "last_seen_at"]
    list_select_related = ["user"]
    search_fields = ["user__email", "ip"]
    date_hierarchy = "last_seen_at"


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """What was added, changed and deleted in this administration."""

    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag"]
    fields = [*list_display, "change_message"]
    list_filter = ["action_flag"]
    list_select_related = ["user", "content_type"]
    search_fields = ["user__email", "object_repr"]
    date_hierarchy = "action_time"
