"""From a project to a version: what is still missing, what would change, and who says that it goes live."""
