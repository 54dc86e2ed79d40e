"""The stages of a grading: solve, reference, check."""
