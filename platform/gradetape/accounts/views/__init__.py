"""The pages about one's own account, beside those that allauth brings."""
