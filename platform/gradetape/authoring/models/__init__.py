"""What the studio keeps."""

from gradetape.authoring.models.project import FileVersion, Project, ProjectFile
from gradetape.authoring.models.proof import Proof, ProofKind, ProofTrial
from gradetape.authoring.models.release import Mode, Release, ReleaseState

__all__ = [
    "FileVersion", "Mode", "Project", "ProjectFile", "Proof", "ProofKind", "ProofTrial", "Release",
    "ReleaseState",
]  # fmt: skip
