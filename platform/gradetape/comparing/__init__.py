"""Candidates of an interview side by side: a table, what is alike in what they sent, a CSV file and a report."""
