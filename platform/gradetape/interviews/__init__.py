"""Interviews: challenges in an order, for people who are invited, against a clock."""
