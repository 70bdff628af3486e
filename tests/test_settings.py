"""A broken setting of each kind: one line with the setting and the cure, exit 2, never a traceback."""

import os
import re
from pathlib import Path

import pytest

from cohort_bot import settings
from cohort_bot.platforms import installed
from cohort_bot.settings import from_environment
from tests.fakes.command_line import cohort_bot

SECRET = "do-not-show-me"

BROKEN = [
    ("DATABASE_URL", "mysql://bot:do-not-show-me@db/x", "sqlite"),
    ("DATABASE_URL", "postgres://bot:do-not-show-me@", "DATABASE_URL"),
    ("DATABASE_URL", "sqlite:////nowhere/at/all/bot.db", "nowhere"),
    ("PORT", "eighty", "1 to 65535"),
    ("PORT", "70000", "1 to 65535"),
    ("HOST", "no.such.host.invalid", "HOST"),
    ("LOG_LEVEL", "loud", "DEBUG, INFO"),
    ("LOG_FORMAT", "xml", "text or json"),
    ("CONTENT_DIR", "/nowhere/at/all", "folder"),
    ("ALLOW_EPHEMERAL_DISK", "perhaps", "set it to 1"),
    ("DYNO", "web.1", "ALLOW_EPHEMERAL_DISK=1"),
    ("DISCORD_TOKEN", "", "cohort-bot demo"),
    ("SLACK_BOT_TOKEN", "xoxb-do-not-show-me", "SLACK_APP_TOKEN"),
    ("SLACK_APP_TOKEN", "xoxb-do-not-show-me", "xapp-"),
    ("DISCORD_API_URL", "discord.example/api/v10", "https://…/api/v10"),
    ("DISCORD_API_URL", "https://discord.example", "https://…/api/v10"),
    ("DISCORD_API_URL", "https://me:do-not-show-me@[discord/api/v10", "https://…/api/v10"),
    ("DISCORD_GATEWAY_URL", "https://gateway.example", "wss://…"),
    ("DISCORD_GATEWAY_URL", "wss://gateway.example:many", "wss://…"),
    ("SLACK_API_URL", "ftp://slack.example/api/", "https://…/api/"),
    ("SLACK_API_URL", "https://me:do-not-show-me@slack.example/api", "https://…/api/"),
    ("SECRET_KEY", "short", "at least 16"),
]
OAUTH = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": SECRET, "SLACK_SIGNING_SECRET": SECRET}


@pytest.mark.process
@pytest.mark.parametrize(("name", "value", "cure"), BROKEN, ids=[f"{name}={value}" for name, value, _ in BROKEN])
def test_a_broken_setting_is_one_line_with_its_cure(tmp_path: Path, name: str, value: str, cure: str) -> None:
    kept = {key: each for key, each in os.environ.items() if not key.startswith(("DISCORD_", "SLACK_"))}
    sound = {"DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}", "DISCORD_TOKEN": f"{SECRET}.x.y", "PORT": "8123"}
    sound |= OAUTH if name == "SECRET_KEY" else {}
    done = cohort_bot("run", env={**kept, **sound, name: value}, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert name in done.stderr or name in {"DISCORD_TOKEN", "DYNO"}
    assert cure in done.stderr
    assert SECRET not in done.stderr + done.stdout


def test_postgresql_without_its_packages_is_one_line_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "find_spec", lambda name: None if name == "procrastinate" else "found")
    with pytest.raises(settings.WrongSetting, match=re.escape("pip install 'cohort-bot[postgresql]'")):
        settings.is_postgres("postgresql://bot@db/x")
    assert not settings.is_postgres("sqlite:///x.db")


def test_secrets_do_not_show_in_repr() -> None:
    names = [each.name for each in installed.settings() if "TOKEN" in each.name or "SECRET" in each.name]
    shapes = {"SLACK_APP_TOKEN": f"xapp-{SECRET}", "DATABASE_URL": f"sqlite:///x-{SECRET}.db", "PATH": SECRET}
    found = from_environment(dict.fromkeys(names, SECRET) | shapes | {"SECRET_KEY": f"{SECRET}-key"})
    assert len(names) >= 5
    assert SECRET not in repr(found)
    assert f"{SECRET}-key" in found.secrets
    assert installed.secrets(found.environment) == {SECRET, f"xapp-{SECRET}"}


@pytest.mark.process
def test_a_demo_of_a_folder_without_a_programme_says_what_cures_it(tmp_path: Path) -> None:
    done = cohort_bot("demo", "--programme", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 2
    (said,) = done.stderr.splitlines()
    assert f"There is no programme in {tmp_path}." in said
    assert "Cure: Name a folder with a programme.yaml" in said
