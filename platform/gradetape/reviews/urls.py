"""Addresses of reviews, below those of interviews."""

from django.urls import URLPattern, URLResolver, include, path

from gradetape.reviews.views import changing, page, rubric, typing

sitting_review_patterns = [
    path("", page.review, name="interview_review"),
    path("decision/", page.decision, name="interview_decision"),
    path("done/", changing.done, name="interview_done"),
    path("recommendation/", typing.recommendation, name="interview_recommendation"),
    path("words/<slug:kind>/", typing.words, name="interview_words"),
    path("attempts/<uuid:submission_id>/lines/<int:line>/", typing.comment, name="interview_comment"),
    path("attempts/<uuid:submission_id>/cases/<slug:case>/", changing.points, name="interview_points"),
    path("rubric/<slug:slug>/<slug:criterion>/", typing.score, name="interview_score"),
    path("rubric/<slug:slug>/<slug:criterion>/note/", typing.note, name="interview_score_note"),
    path("rubric/<slug:slug>/<slug:criterion>/evidence/", changing.evidence, name="interview_evidence"),
]

review_patterns: list[URLPattern | URLResolver] = [
    path("<uuid:pk>/candidates/<uuid:sitting_id>/", include(sitting_review_patterns)),
    path("<uuid:pk>/rubric/<slug:slug>/", rubric.rubric, name="interview_rubric"),
]
