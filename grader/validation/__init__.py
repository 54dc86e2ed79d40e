"""Whether a challenge may be published: it is tested like the code that it will judge.

The reference scores 100 on every seed of the pool; the starter under 30; every accepted submission 100; every
rejected or cheating one is caught by each of the cases that its first lines name; no case changes its outcome from
one seed to another; the reference stays within its CPU budget.
"""
