"""Addresses of publishing, below those of the studio."""

from django.urls import path

from gradetape.authoring.views import proposals, publishing, rolling, versions

publishing_patterns = [
    path("projects/<slug:slug>/publish/", publishing.publish, name="studio_publish"),
    path("projects/<slug:slug>/publish/ready/", publishing.ready, name="studio_publish_ready"),
    path("projects/<slug:slug>/publish/shadow/", publishing.look, name="studio_publish_shadow"),
    path("projects/<slug:slug>/proposals/<uuid:pk>/", proposals.proposal, name="studio_proposal"),
    path("projects/<slug:slug>/proposals/<uuid:pk>/ready/", proposals.ready, name="studio_proposal_ready"),
    path("projects/<slug:slug>/proposals/<uuid:pk>/shadow/", proposals.look, name="studio_proposal_shadow"),
    path("projects/<slug:slug>/proposals/<uuid:pk>/decide/", proposals.decide, name="studio_proposal_decide"),
    path("projects/<slug:slug>/releases/", versions.releases, name="studio_releases"),
    path("challenges/<slug:slug>/versions/", versions.versions, name="studio_challenge_versions"),
    path("challenges/<slug:slug>/versions/<int:number>/", versions.version, name="studio_challenge_version"),
    path("challenges/<slug:slug>/versions/<int:number>/roll-back/", rolling.roll_back, name="studio_roll_back"),
    path("challenges/<slug:slug>/versions/<int:number>/ready/", rolling.ready, name="studio_roll_back_ready"),
    path("challenges/<slug:slug>/versions/<int:number>/shadow/", rolling.look, name="studio_roll_back_shadow"),
    path("challenges/<slug:slug>/withdraw/", rolling.withdraw, name="studio_withdraw"),
    path("challenges/<slug:slug>/bring-back/", rolling.bring_back, name="studio_bring_back"),
    path("challenges/<slug:slug>/regrade/", rolling.regrade, name="studio_regrade"),
    path("challenges/<slug:slug>/regrades/<uuid:pk>/", versions.regrade, name="studio_regrade_shown"),
    path("challenges/<slug:slug>/regrades/<uuid:pk>/cancel/", versions.cancel, name="studio_regrade_cancel"),
]
