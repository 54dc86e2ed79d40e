"""Webhooks: other programs are told when somebody started, finished, was reviewed or regraded."""
