"""What a project begins with: the files of a template, of a pasted question, or of a published challenge."""
