"""Try a wheel as somebody who has nothing else: in an empty environment of this Python, from an empty folder.

    python tools/try_wheel.py dist/cohort_bot-0.1.0-py3-none-any.whl

Its dependencies are the pinned ones. Fails at the first thing that does not work: the programme, the schema, each
language, a page of the demo. Needs nothing but Python.
"""

import os
import socket
import subprocess
import sys
import tempfile
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
LANGUAGES = "from cohort_bot.chat.catalogues import *; print(*(a for a in languages()[1:] if CATALOGUES[a].info()))"


def main(wheel: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        venv.create(here / "venv", with_pip=True)
        names = ("PATH", "LANG", "SSL_CERT_FILE", "PIP_CONFIG_FILE")
        env = {name: os.environ[name] for name in names if name in os.environ} | {"HOME": folder}
        env |= {name: value for name, value in os.environ.items() if name.startswith("PIP_") or "proxy" in name.lower()}

        def run(*command: object) -> str:
            done = subprocess.run(
                [str(each) for each in command], cwd=here, env=env, stdout=subprocess.PIPE, text=True, check=True
            )
            return done.stdout

        python, bot = here / "venv/bin/python", here / "venv/bin/cohort-bot"
        pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")
        run(*pip, "--require-hashes", "-r", ROOT / "requirements.txt")
        run(*pip, "--no-deps", wheel)
        assert "nothing wrong" in run(bot, "content", "check")
        there = {path.parents[1].name for path in (ROOT / "locales").glob("*/LC_MESSAGES/*.po")}
        assert set(run(python, "-c", LANGUAGES).split()) == there, "a language is missing"
        run("env", f"DATABASE_URL=sqlite:///{here / 'x.db'}", bot, "db", "upgrade")
        _demo(bot, here, env)
    print(f"{wheel.name} works with Python {sys.version.split()[0]}")


def _demo(bot: Path, here: Path, env: dict[str, str]) -> None:
    """The first page of the demo, and its end."""
    env = {name: value for name, value in env.items() if "proxy" not in name.lower()} | {"PORT": str(_free_port())}
    with subprocess.Popen([bot, "demo"], cwd=here, env=env, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout
        address = next(word for word in demo.stdout.readline().split() if word.startswith("http"))
        with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - our own address
            assert "week 9 of 116" in answer.read().decode()
        demo.terminate()
    assert demo.returncode == 0, demo.returncode


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
