"""On which kind of file system a path lies. SQLite's journal and locks need a disk of this machine.

Linux lists it in /proc/self/mounts; elsewhere nothing is known, and nothing is reported.
"""

import re
from pathlib import Path
from typing import Final, Literal

MOUNTS: Final = Path("/proc/self/mounts")

Fitness = Literal["fit", "doubtful", "unfit"]

_NETWORK: Final = re.compile(
    "(acfs|afs|beegfs|ceph|cifs|coda|davfs|gfs2?|glusterfs|gpfs|lustre|ncpfs|nfs[34]?|ocfs2|orangefs|panfs|pvfs2"
    "|smb[23]|smbfs|wekafs|fuse(\\..+)?)"
)
"""File systems to which other machines may write, or whose behaviour is unknown: FUSE passes on what its program
chooses.
"""

_SHARED: Final = re.compile("(9p|drvfs|fakeowner|fuseblk|fuse\\.fuse-overlayfs|prl_fs|vboxsf|virtiofs|vmhgfs)")
"""Folders of the machine around a virtual one or a container, and local disks behind FUSE."""


def kind_of(path: Path, mounts: str | None = None) -> str:
    """The type of the file system, such as `ext4`; empty when it is not known."""
    if mounts is None:
        try:
            mounts = MOUNTS.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
    real = path.resolve()
    found, deepest = "", -1
    for line in mounts.splitlines():
        words = line.split()
        if len(words) < 3:  # noqa: PLR2004 - source, mount point, type
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), words[1]))
        if len(point.parts) >= deepest and (real == point or point in real.parents):  # the last one covers the others
            found, deepest = words[2], len(point.parts)
    return found


def fitness(kind: str) -> Fitness:
    """Whether a SQLite file can lie on a file system of the type."""
    if _SHARED.fullmatch(kind):
        return "doubtful"
    return "unfit" if _NETWORK.fullmatch(kind) else "fit"
