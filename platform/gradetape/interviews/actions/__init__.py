"""Writes on interviews: setting them up, inviting, sitting."""
