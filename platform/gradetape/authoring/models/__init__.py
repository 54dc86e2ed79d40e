"""What the studio keeps."""

from gradetape.authoring.models.project import FileVersion, Project, ProjectFile
from gradetape.authoring.models.proof import Proof, ProofKind, ProofState, ProofTrial

__all__ = ["FileVersion", "Project", "ProjectFile", "Proof", "ProofKind", "ProofState", "ProofTrial"]
