"""Pages and small exchanges of a review. Each begins with access.sitting_of or access.interview_of."""
