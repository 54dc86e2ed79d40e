"""Addresses of the studio."""

from django.urls import path

from gradetape.authoring.views import about, editing, packages, projects

studio_patterns = [
    path("", projects.studio, name="studio"),
    path("new/", projects.new, name="studio_new"),
    path("upload/", packages.upload_new, name="studio_upload_new"),
    path("published/<slug:slug>/<int:number>/", packages.version, name="studio_version_download"),
    path("projects/<slug:slug>/", projects.project, name="studio_project"),
    path("projects/<slug:slug>/about/", about.about, name="studio_about"),
    path("projects/<slug:slug>/authors/", projects.share, name="studio_author_add"),
    path("projects/<slug:slug>/authors/<int:user_id>/remove/", projects.remove_author, name="studio_author_remove"),
    path("projects/<slug:slug>/teams/<int:team_id>/remove/", projects.remove_team, name="studio_team_remove"),
    path("projects/<slug:slug>/archive/", projects.archive, name="studio_archive"),
    path("projects/<slug:slug>/download/", packages.download, name="studio_download"),
    path("projects/<slug:slug>/upload/", packages.upload, name="studio_upload"),
    path("projects/<slug:slug>/replace/", packages.replace, name="studio_replace"),
    path("projects/<slug:slug>/files/", editing.add, name="studio_file_add"),
    path("projects/<slug:slug>/files/<path:path>/versions/<int:revision>/", editing.version, name="studio_version"),
    path("projects/<slug:slug>/files/<path:path>/versions/", editing.versions, name="studio_versions"),
    path("projects/<slug:slug>/files/<path:path>/lint/", editing.lint, name="studio_lint"),
    path("projects/<slug:slug>/files/<path:path>/preview/", editing.preview, name="studio_preview"),
    path("projects/<slug:slug>/files/<path:path>/rename/", editing.rename, name="studio_rename"),
    path("projects/<slug:slug>/files/<path:path>/delete/", editing.delete, name="studio_delete"),
    path("projects/<slug:slug>/files/<path:path>/restore/", editing.restore, name="studio_restore"),
    path("projects/<slug:slug>/files/<path:path>/raw/", editing.raw, name="studio_raw"),
    path("projects/<slug:slug>/files/<path:path>/", editing.file, name="studio_file"),
]
