"""Webhooks: other programs are told when somebody started, finished, or was reviewed."""
