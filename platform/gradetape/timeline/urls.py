"""Addresses of the timeline, under those of an interview."""

from django.urls import path

from gradetape.timeline import views

watching_patterns = [
    path("<uuid:pk>/candidates/<uuid:sitting_id>/watch/", views.watch, name="interview_watch"),
    path("<uuid:pk>/candidates/<uuid:sitting_id>/watch/events/", views.watch_events, name="interview_watch_events"),
    path("<uuid:pk>/candidates/<uuid:sitting_id>/replay/", views.replay, name="interview_replay"),
    path("<uuid:pk>/candidates/<uuid:sitting_id>/replay/matches/", views.matches, name="interview_matches"),
    path("<uuid:pk>/candidates/<uuid:sitting_id>/timeline/", views.timeline, name="interview_timeline"),
    path(
        "<uuid:pk>/submissions/<uuid:submission_id>/events/", views.submission_events,
        name="interview_submission_events",
    ),
    path(
        "<uuid:pk>/submissions/<uuid:submission_id>/state/", views.submission_state, name="interview_submission_state"
    ),
]  # fmt: skip
