"""The traits of a platform that sentences depend on: its name, and how commands are typed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Traits:
    """`title` is the platform's name in a sentence.

    `grouped` says that the platform keeps short names such as `/join` for itself: all commands but `/checkin` are typed
    after `/cohort`. `typed_options` says that options have no fields of their own and are written `name:value`.
    `reads_direct`: what people write to the bot directly reaches it. `pictures`: a private reply may show one.
    """

    title: str
    grouped: bool = False
    typed_options: bool = False
    reads_direct: bool = False
    pictures: bool = False


_REGISTERED: dict[str, Traits] = {}


def register(platform: str, traits: Traits) -> None:
    """Make a platform's traits known. Its package does so when it is imported, whether it is set up or not: a cohort
    may have rooms on a platform that is not connected now.
    """
    _REGISTERED[platform] = traits


def traits_of(platform: str) -> Traits:
    """The traits of a platform; one that has registered none is called by its name."""
    return _REGISTERED.get(platform) or Traits(platform)
