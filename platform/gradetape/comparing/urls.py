"""Addresses of what sets candidates side by side, below those of interviews."""

from django.urls import path

from gradetape.comparing import views

comparing_patterns = [
    path("<uuid:pk>/compare/", views.compare, name="interview_compare"),
    path("<uuid:pk>/compare/similar/<slug:slug>/", views.similar, name="interview_similar"),
    path("<uuid:pk>/candidates.csv", views.csv, name="interview_csv"),
    path("<uuid:pk>/report/", views.report, name="interview_report"),
]
