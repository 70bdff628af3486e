"""The invitation and the permissions in it."""

import base64
from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from cohort_bot.platforms.common.errors import WrongToken
from cohort_bot.platforms.discord import invite


def test_the_link_asks_for_just_what_is_needed() -> None:
    link = urlsplit(invite.invite_url(123))
    asked = {key: value[0] for key, value in parse_qs(link.query).items()}
    assert asked["client_id"] == "123"
    assert set(asked["scope"].replace("+", " ").split()) == {"bot", "applications.commands"}
    granted = discord.Permissions(int(asked["permissions"]))
    assert {name for name, value in granted if value} == {"read_messages", *invite.NEEDED, *invite.WELCOME} - {
        "view_channel"
    }


def test_the_token_begins_with_the_application() -> None:
    head = base64.urlsafe_b64encode(b"1234567890123456789").decode().rstrip("=")
    assert invite.client_id_of(f"{head}.abc.def") == 1234567890123456789
    for wrong in ("", "abc", "é.x.y", "!!!!.x.y"):
        with pytest.raises(WrongToken):
            invite.client_id_of(wrong)


def test_an_administrator_lacks_nothing() -> None:
    assert invite.missing(discord.Permissions(administrator=True), "general") == []
    assert len(invite.missing(discord.Permissions.none(), "general")) == len(invite.NEEDED)
