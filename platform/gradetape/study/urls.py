"""Addresses below that of a challenge."""

from django.urls import path

from gradetape.study import views

urlpatterns = [
    path("attempts/", views.attempts, name="attempts"),
    path("attempts/difference/", views.difference, name="difference"),
    path("notes/", views.notes, name="notes"),
    path("solution/", views.solution, name="solution"),
    path("solution/show/", views.give_up, name="give_up"),
]
