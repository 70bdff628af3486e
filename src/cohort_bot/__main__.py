"""`python -m cohort_bot`."""

from cohort_bot.cli import main

main()
