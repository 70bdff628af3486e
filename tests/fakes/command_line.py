"""`cohort-bot ARGUMENTS` as a process of its own that ends by itself, without the second that its imports take.

A process that has imported everything, and has no threads, forks one for each call; from there on it is as any other.
"""

import atexit
import gc
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_one_at_a_time = threading.Lock()


def cohort_bot(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, limit: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run the command in the folder, with these variables and no others, or with those of the tests."""
    asked = {"arguments": arguments, "cwd": str(cwd), "env": dict(os.environ if env is None else env)}
    with _one_at_a_time, tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        starter = _starter()
        starter.settimeout(limit)
        socket.send_fds(starter, [json.dumps(asked).encode()], [out.fileno(), errors.fileno()])
        code = int(starter.recv(16))
        out.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(["cohort-bot", *arguments], code, out.read(), errors.read())


@cache
def _starter() -> socket.socket:
    """A connection to the process that forks; it ends when this is closed."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        command = [sys.executable, "-m", __name__, str(there.fileno())]
        process = subprocess.Popen(command, pass_fds=[there.fileno()], cwd=Path(__file__).parents[2])

    def end() -> None:
        here.close()
        process.wait()

    atexit.register(end)
    return here


def _serve(control: socket.socket) -> None:
    from cohort_bot import backups, cli, doctor, maintenance  # noqa: F401, PLC0415
    from cohort_bot.platforms import installed  # noqa: PLC0415
    from cohort_bot.storage import migrate  # noqa: F401, PLC0415

    installed.platforms()
    gc.freeze()  # each fork would look through all of it at its end, and so copy it
    while True:
        message, files, _, _ = socket.recv_fds(control, 1_000_000, 2)
        if not message:
            return
        process = os.fork()
        if not process:
            control.close()
            asked = json.loads(message)
            for number, file in zip((1, 2), files, strict=True):
                os.dup2(file, number)
            os.chdir(asked["cwd"])
            os.environ.clear()
            os.environ.update(asked["env"])
            sys.argv = ["cohort-bot", *asked["arguments"]]
            cli.main()
        for file in files:
            os.close(file)
        control.send(str(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])).encode())


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as connection:
        _serve(connection)
