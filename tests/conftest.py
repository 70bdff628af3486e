"""What every test relies on: the same time zones everywhere, and a printed seed when Hypothesis finds something."""

from hypothesis import settings

from cohort_bot.bootstrap import same_time_zones_everywhere

same_time_zones_everywhere()
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("ci")
