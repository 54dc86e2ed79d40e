"""Addresses of proofs, below those of the studio."""

from django.urls import path

from gradetape.authoring.views import proving

proving_patterns = [
    path("projects/<slug:slug>/proof/", proving.proof, name="studio_proof"),
    path("projects/<slug:slug>/prove/", proving.prove, name="studio_prove"),
    path("projects/<slug:slug>/proof/<uuid:pk>/cancel/", proving.cancel, name="studio_proof_cancel"),
    path("projects/<slug:slug>/proof/<uuid:pk>/cell/", proving.cell, name="studio_proof_cell"),
    path("projects/<slug:slug>/proof/<uuid:pk>/mutants/<int:position>/adopt/", proving.adopt, name="studio_adopt"),
    path("projects/<slug:slug>/proof/<uuid:pk>/state/", proving.state, name="studio_proof_state"),
    path("projects/<slug:slug>/proof/<uuid:pk>/events/", proving.events, name="studio_proof_events"),
]
