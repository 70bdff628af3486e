"""A German cohort with a member whose client is Spanish and a moderator whose client is English: each reads their own.

On Discord and on Slack, through the real clients, with restarts and with what is composed ahead.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fakes.bot import StillClock
from tests.fakes.discord_server import DiscordServer
from tests.fakes.slack_server import SlackServer
from tests.languages import languages_of, said
from tests.platforms.discord import cohort as on_discord
from tests.platforms.slack import cohort as on_slack

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)


async def test_each_reads_their_own_language_on_discord(tmp_path: Path) -> None:
    clock = StillClock()
    async with DiscordServer(clock.now) as server:
        server.world.locale = "de"
        server.world.person("member-1").locale = "es-419"
        room = server.channel("general")

        async with on_discord.running(tmp_path, server=server, clock=clock) as bot:
            preview = await server.slash(
                "moderator", "general", "cohort create", name="KI", timezone="Europe/Berlin", starts="2027-01-04"
            )
            assert languages_of(preview.text) == {"en"}
            assert "posts in Deutsch" in preview.text
            assert languages_of((await server.press("moderator", preview, on_discord.CREATE)).text) == {"en"}
            await bot.runtime.settle()
            assert languages_of(room.messages[0].text) == {"de"}

            form = await server.press("member-1", room.messages[0], said("de", "Join"))
            assert form.title == said("es", "Join {cohort}").format(cohort="KI")
            welcome = await server.submit("member-1", form, timezone="Berlin")
            assert languages_of(welcome.text) == {"es"}
            assert languages_of((await server.slash("member-1", "general", "cohort progress")).text) == {"es"}  # no
            assert languages_of((await server.slash("member-1", "general", "checkin", round=99)).text) == {"es"}

            await bot.until(MONDAY)
            card = room.messages[-1]
            assert languages_of(card.text) == {"de"}
            form = await server.press("member-1", card, said("de", "Check in"))
            summary = await server.submit("member-1", form, tasks=["1"], done="https://example.org", share=["thread"])
            assert languages_of(summary.text) == {"es"}
            await bot.runtime.settle()
            assert languages_of("\n".join(server.world.thread(card).texts)) == {"de"}

        async with on_discord.running(tmp_path, server=server, clock=clock) as bot:
            await bot.until(MONDAY + WEEK + timedelta(days=5))  # the second week's reminder, by direct message
            assert languages_of("\n".join(server.inbox("member-1").texts)) == {"es"}
            before = len(server.inbox("member-1").texts)
            answer = await server.slash("member-1", "general", "profile", language="de")
            assert languages_of(answer.text) == {"de"}
            await bot.until(MONDAY + 2 * WEEK + timedelta(days=5))
            assert languages_of("\n".join(server.inbox("member-1").texts[before:])) == {"de"}
            assert languages_of("\n".join(server.inbox("moderator").texts)) == {"en"}  # the moderators' digest

        async with on_discord.running(tmp_path, server=server, clock=clock) as bot:  # which has forgotten everything
            hint = await server.press("member-1", room.messages[0], said("de", "Join"))
            assert languages_of(hint.text) == {"de"}
            await bot.until(MONDAY + 3 * WEEK - timedelta(seconds=10))
            await bot.runtime.settle()  # the card of week 4 is composed, and waits
            preview = await server.slash("moderator", "general", "cohort edit", language="es")
            await server.press("moderator", preview, "Change it")
            number = len(room.messages)
            await bot.until(MONDAY + 3 * WEEK)
            assert languages_of(room.messages[number].text) == {"es"}
            assert languages_of(room.messages[0].text) == {"es"}  # the invitation is edited

            asked = await server.slash("member-1", "general", "profile")
            asked = await server.press("member-1", asked, said("de", "Erase my data"))
            await server.press("member-1", asked, next(iter(asked.buttons)))
            kept = await bot.runtime.database.read(lambda store: store.people.get(2))
            assert kept is not None
            assert (kept.erased, kept.locale, kept.language) == (True, "", "")
            again = await server.slash("member-1", "general", "help")
            assert languages_of(again.text) == {"es"}


async def test_each_reads_their_own_language_on_slack(tmp_path: Path) -> None:
    clock = StillClock()
    async with SlackServer(clock.now) as slack:
        world = slack.world
        world.people["U2"].locale = "es-LA"

        async with on_slack.running(tmp_path, "socket", slack=slack, clock=clock) as bot:
            preview = await bot.type(
                "U1", '/cohort create name:"KI" timezone:Europe/Berlin starts:2027-01-04 language:Deutsch'
            )
            assert languages_of(preview.text) == {"en"}
            assert languages_of((await slack.press("U1", preview, on_discord.CREATE)).text) == {"en"}
            await bot.settle()
            (invitation,) = world.posts()
            assert languages_of(invitation.said) == {"de"}

            form = await slack.press("U2", invitation, said("de", "Join"))
            assert languages_of((await slack.submit("U2", form, timezone="Madrid")).text) == {"es"}
            assert languages_of((await bot.type("U2", "/cohort progress cohort:Other")).text) == {"es"}
            assert languages_of((await bot.type("U2", "/cohort slip")).text) == {"es"}  # the form for what was left out
            assert languages_of((await bot.type("U2", "/cohort plan blurb:1")).text) == {"es"}

            await bot.until(MONDAY)
            card = world.posts()[-1]
            assert languages_of(card.said) == {"de"}
            form = await slack.press("U2", card, said("de", "Check in"))
            summary = await slack.submit("U2", form, done="https://example.org", share=["thread"])
            assert languages_of(summary.text) == {"es"}
            await bot.settle()
            assert languages_of("\n".join(world.timeline("C1", card.ts))) == {"de"}
            assert languages_of(str(await slack.open_home("U2"))) == {"es"}

        async with on_slack.running(tmp_path, "socket", slack=slack, clock=clock) as bot:
            await bot.until(MONDAY + WEEK + timedelta(days=5))
            assert languages_of("\n".join(world.inbox("U2"))) == {"es"}
            before = len(world.inbox("U2"))
            assert languages_of((await bot.type("U2", "/cohort profile language:de")).text) == {"de"}
            await bot.until(MONDAY + 2 * WEEK + timedelta(days=5))
            assert languages_of("\n".join(world.inbox("U2")[before:])) == {"de"}
            assert languages_of("\n".join(world.inbox("U1"))) == {"en"}

        async with on_slack.running(tmp_path, "socket", slack=slack, clock=clock) as bot:
            for typed in ("/cohort plan blurb:1", "/cohort slip"):  # nothing is dispatched for either
                assert languages_of((await bot.type("U2", typed)).text) == {"de"}
            assert languages_of((await bot.type("U2", "/cohort profile language:app")).text) == {"es"}
            world.people["U2"].locale = "en-GB"
            await slack.user_changed("U2")
            assert languages_of((await bot.type("U2", "/cohort profile")).text) == {"en"}
            account = await bot.runtime.database.read(lambda store: store.people.account("slack", "T1", "U2"))
            assert account is not None
            assert (account.locale, account.language) == ("en-GB", "")
