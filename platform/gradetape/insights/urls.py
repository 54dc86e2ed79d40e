"""Addresses of what authors learn, below those of the studio, and of reports, below those of submissions."""

from django.urls import path

from gradetape.insights.views import answering, learning, reporting

learning_patterns = [
    path("challenges/", learning.challenges, name="studio_challenges"),
    path("challenges/<slug:slug>/learn/", learning.learn, name="studio_learn"),
    path("challenges/<slug:slug>/reports/", answering.reports, name="studio_reports"),
    path("challenges/<slug:slug>/reports/<int:pk>/", answering.report, name="studio_report"),
]
report_patterns = [
    path("<uuid:pk>/cases/<str:case>/report/", reporting.report, name="case_report"),
]
