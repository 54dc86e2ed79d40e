"""The engine of GradeTape: challenge packages, jails, stages, verdicts.

It knows neither Django nor Celery and needs no database: `python -m grader` grades a file on its own. Two kinds of
modules live here. The worker's side (engine, stages, jail, zygote.client) is trusted and imports no TensorFlow and no
NumPy; what runs inside jails (inside, probing, checking, comparing, diagnosis, plain) is loaded by the zygote.
"""

VERSION = "0.1.0"
