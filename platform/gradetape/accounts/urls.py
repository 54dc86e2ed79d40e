"""The pages about one's own account; those of sign-in, password and second factor come from allauth."""

from django.urls import path

from gradetape.accounts.views import data, profile, sessions

urlpatterns = [
    path("profile/", profile.profile, name="account_profile"),
    path("sessions/", sessions.sessions, name="account_sessions"),
    path("sessions/others/end/", sessions.end_others, name="account_end_others"),
    path("sessions/<int:pk>/end/", sessions.end_one, name="account_end_session"),
    path("data/", data.data, name="account_data"),
    path("data/export/", data.export, name="account_export"),
    path("data/delete/", data.delete, name="account_delete"),
    path("again/", profile.again, name="account_again"),
]
