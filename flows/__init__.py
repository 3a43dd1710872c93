"""The doors of Prefect: nightly, weekly and backfill, thin flows over the steps, by the clock.

Everything here works without Prefect too: it is what ``littrack update`` and its kin do.
"""

from . import prefect_environment as prefect_environment  # first: Prefect reads it when imported
