"""Writes. Everything in a review goes through review.opened, so nothing changes in one that is done."""
