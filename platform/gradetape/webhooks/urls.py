"""Addresses of webhooks, under those of interviews."""

from django.urls import path

from gradetape.webhooks import views

webhook_patterns = [
    path("<uuid:pk>/webhooks/", views.webhooks, name="interview_webhooks"),
    path("webhooks/<uuid:pk>/secret/", views.rotate, name="interview_webhook_secret"),
    path("webhooks/<uuid:pk>/switch/", views.switch, name="interview_webhook_switch"),
    path("webhooks/<uuid:pk>/remove/", views.remove, name="interview_webhook_remove"),
    path("webhooks/<uuid:pk>/try/", views.try_out, name="interview_webhook_try"),
    path("webhooks/deliveries/<uuid:pk>/again/", views.again, name="interview_webhook_again"),
]
