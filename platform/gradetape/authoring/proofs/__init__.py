"""Proving a project sound: a validation in turns, seen live as a matrix of solutions and cases."""
