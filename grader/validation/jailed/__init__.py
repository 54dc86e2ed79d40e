"""What stands behind an author's own files while tolerances are measured. Read as text, and run in jails only."""
