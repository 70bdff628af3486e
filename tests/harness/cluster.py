"""A PostgreSQL server of one's own, to be restarted in the middle of everything. It never runs as root."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


@dataclass(frozen=True)
class Cluster:
    """The server; only its socket can be reached."""

    folder: Path

    @property
    def url(self) -> str:
        """Its first database."""
        return f"postgresql://cohort@/postgres?host={self.folder}"

    def restart(self) -> None:
        """As an operator would for an update: every connection breaks off."""
        self._control("restart", "-m", "fast")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-k '{self.folder}' -c listen_addresses='' -c max_connections=100"
        self._control("start", "-o", options, "-l", str(self.folder / "log"))

    def stop(self) -> None:
        """End it at once."""
        self._control("stop", "-m", "immediate")

    def make(self) -> None:
        """A new empty one."""
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "cohort", "-A", "trust", "--no-instructions")

    def _control(self, *words: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", *words)

    def _run(self, program: str, *words: str) -> None:
        as_somebody = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run(
            [*as_somebody, BINARIES[-1] / program, *words],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """A server that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cohort-bot-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    server = Cluster(folder)
    server.make()
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
