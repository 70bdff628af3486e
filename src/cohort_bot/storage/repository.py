"""The base of the repositories. Their methods are described in the ports that they implement (`app/ports`)."""

from cohort_bot.storage.statements import Connection


class Repository:
    """The reads and writes of one transaction on some of the tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
