"""A number with its noun: "1 week", "2 weeks", "1 person". Every count that people read is made here."""


def counted(number: int, one: str, many: str = "") -> str:
    """The number and its noun; `many` is the plural where it takes more than an s, or more words follow."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
