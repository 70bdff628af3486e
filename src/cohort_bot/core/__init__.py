"""The rules of a cohort: programme, rounds, membership, check-ins, progress. Standard library only, no I/O, no
clock.
"""
