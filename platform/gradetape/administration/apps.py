"""The admin's own app, with the site below in place of Django's."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    default_site = "gradetape.administration.site.AdministrationSite"
