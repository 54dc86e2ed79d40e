"""What the studio keeps."""

from gradetape.authoring.models.project import FileVersion, Project, ProjectFile

__all__ = ["FileVersion", "Project", "ProjectFile"]
