"""Who looked at what, and who changed what: written once, never changed."""
