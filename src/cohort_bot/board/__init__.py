"""The board: a cohort at a glance, in the browser. It translates, as a platform does, and decides nothing."""
