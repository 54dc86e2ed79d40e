"""Every address of the site. Names are a contract with the templates and the scripts."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from gradetape.api.urls import api_patterns, token_patterns
from gradetape.authoring.proving_urls import proving_patterns
from gradetape.authoring.publishing_urls import publishing_patterns
from gradetape.authoring.urls import studio_patterns
from gradetape.catalog.browsing import catalogue
from gradetape.catalog.views import challenge
from gradetape.comparing.urls import comparing_patterns
from gradetape.fleet.views import health
from gradetape.insights.urls import learning_patterns, report_patterns
from gradetape.interviews.urls import interviewer_patterns, sitting_patterns
from gradetape.interviews.views.candidate import invitation
from gradetape.pages.views import home
from gradetape.reviews.urls import review_patterns
from gradetape.standings import views as standings
from gradetape.submissions import bundles, desk
from gradetape.submissions import views as submissions
from gradetape.timeline.urls import watching_patterns
from gradetape.webhooks.urls import webhook_patterns

urlpatterns = [
    path("", login_not_required(home), name="home"),
    path("challenges/", catalogue, name="catalogue"),
    path("challenges/<slug:slug>/", challenge, name="challenge"),
    path("challenges/<slug:slug>/draft/", desk.save_draft, name="draft"),
    path("challenges/<slug:slug>/draft/versions/", desk.versions, name="draft_versions"),
    path("challenges/<slug:slug>/draft/versions/<int:revision>/", desk.version, name="draft_version"),
    path("challenges/<slug:slug>/snippet/", desk.save_snippet, name="snippet"),
    path("challenges/<slug:slug>/submissions/", submissions.submit, name="submit"),
    path("editor/", desk.editor_settings, name="editor_settings"),
    path("challenges/<slug:slug>/", include("gradetape.study.urls")),
    path("submissions/<uuid:pk>/", submissions.submission, name="submission"),
    path("submissions/<uuid:pk>/events/", submissions.events, name="submission_events"),
    path("submissions/<uuid:pk>/state/", submissions.state, name="submission_state"),
    path("submissions/<uuid:pk>/bundle/", bundles.bundle, name="submission_bundle"),
    path("submissions/<uuid:pk>/cancel/", submissions.cancel, name="submission_cancel"),
    path("submissions/", include(report_patterns)),
    path("interviews/", include(interviewer_patterns)),
    path("interviews/", include(webhook_patterns)),
    path("interviews/", include(comparing_patterns)),
    path("interviews/", include(review_patterns)),
    path("interviews/", include(watching_patterns)),
    path("invitation/<str:token>/", invitation, name="invitation"),
    path("sitting/", include(sitting_patterns)),
    path("studio/", include(studio_patterns)),
    path("studio/", include(proving_patterns)),
    path("studio/", include(publishing_patterns)),
    path("studio/", include(learning_patterns)),
    path("dashboard/", standings.dashboard, name="dashboard"),
    path("dashboard/recent/", standings.recent, name="dashboard_recent"),
    path("dashboard/events/", standings.events, name="dashboard_events"),
    path("accounts/tokens/", include(token_patterns)),
    path("accounts/", include("gradetape.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/", include(api_patterns)),
    path("admin/", admin.site.urls),
    path("healthz", health, name="health"),
]

handler400 = "gradetape.faults.bad_request"
handler403 = "gradetape.faults.forbidden"
handler404 = "gradetape.faults.not_found"
handler429 = "gradetape.faults.too_many"
handler500 = "gradetape.faults.server_error"
