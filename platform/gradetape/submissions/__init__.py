"""Submissions, their cases, their stories, and the task that grades them."""
