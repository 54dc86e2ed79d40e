"""What interviewers make of a sitting: comments, rubrics, points, a recommendation; and candidates side by side."""
