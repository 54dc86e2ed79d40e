"""Bundles: everything that decided one verdict, in one file that can be graded again."""
