"""What comes after a submission: looking back at attempts, notes to oneself, the solution once it may be seen."""
