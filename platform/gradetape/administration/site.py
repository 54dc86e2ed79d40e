"""The admin's index: what belongs together stands together, and each list says what is in it."""

from typing import Any, NamedTuple

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse


class Group(NamedTuple):
    """Lists that belong together: those of the models of some apps."""

    name: str
    sentence: str
    apps: tuple[str, ...]


GROUPS = (
    Group(
        "People",
        "Who signs in and how, what they may do, and who works together. Roles and teams are given here.",
        ("accounts", "account", "socialaccount", "mfa", "usersessions", "api"),
    ),
    Group(
        "Challenges",
        "What is published and what is being written. Both change in the studio.",
        ("catalog", "authoring", "regrading", "insights"),
    ),
    Group(
        "Submissions",
        "What people sent, how it was graded, and how far they are.",
        ("submissions", "standings", "study"),
    ),
    Group(
        "Interviews",
        "Who was invited and how far they are. Where an interview hides names, they are hidden here as well.",
        ("interviews", "timeline", "reviews", "webhooks"),
    ),
    Group("Records", "Who did what and when. They are kept as they were written.", ("audit", "admin")),
)


class AdministrationSite(AdminSite):
    """People sign in as everywhere, with throttle and second factor; only administrators come further."""

    site_header = site_title = "GradeTape"
    index_title = "Administration"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return secure_admin_login(super().login)(request, extra_context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The lists with a sentence each, which is how the docstring of a list's class begins; on the index in groups.

        Raises KeyError for an app that is in no group.
        """
        apps = self._build_app_dict(request, app_label)
        for app in apps.values():
            app["models"].sort(key=lambda model: model["name"])
            for model in app["models"]:
                model["sentence"] = sentence_of(type(self.get_model_admin(model["model"])))
        if app_label is not None:
            return list(apps.values())
        group_of = {label: group for group in GROUPS for label in group.apps}
        grouped: dict[Group, list[Any]] = {group: [] for group in GROUPS}
        for label, app in apps.items():
            grouped[group_of[label]] += app["models"]
        return [_as_app(group, models) for group, models in grouped.items() if models]


def sentence_of(described: type) -> str:
    """What its docstring begins with."""
    return (described.__doc__ or "").strip().partition("\n")[0]


def _as_app(group: Group, models: list[Any]) -> dict[str, Any]:
    """A group as templates take an app; it has no page of its own."""
    label = group.name.lower()
    return {"name": group.name, "app_label": label, "sentence": group.sentence, "app_url": "", "models": models}
