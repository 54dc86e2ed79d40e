"""What the studio keeps."""

from gradetape.authoring.models.project import FileVersion, Project, ProjectFile
from gradetape.authoring.models.proof import Proof, ProofKind, ProofState, ProofTrial
from gradetape.authoring.models.release import Mode, Release, ReleaseState

__all__ = [
    "FileVersion", "Mode", "Project", "ProjectFile", "Proof", "ProofKind", "ProofState", "ProofTrial", "Release",
    "ReleaseState",
]  # fmt: skip
