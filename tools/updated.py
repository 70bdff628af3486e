"""What `make requirements` has changed, as a table for a pull request, with the pages that tell what is new."""

import re
import subprocess
from importlib.metadata import PackageNotFoundError, metadata

FILES = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")
TELLS = re.compile("change|release|history|news|what.s new", re.IGNORECASE)


def main() -> None:
    changes: dict[str, dict[str, str]] = {}
    diff = subprocess.run(["git", "diff", "-U0", *FILES], capture_output=True, text=True, check=True).stdout
    for sign, name, version in re.findall(r"^([+-])([\w.-]+)==([^\s;]+)", diff, re.MULTILINE):
        changes.setdefault(name, {})[sign] = version
    print("| Package | Was | Is | What is new |\n|---|---|---|---|")
    for name, change in sorted(changes.items()):
        if change.get("-") != change.get("+"):
            print(f"| {name} | {change.get('-', '')} | {change.get('+', '')} | {_page(name)} |")


def _page(name: str) -> str:
    """Where the package tells what has changed; else its home."""
    try:
        found = [entry.split(", ", 1) for entry in metadata(name).get_all("Project-URL") or ()]
    except PackageNotFoundError:
        return ""
    return next((url for label, url in found if TELLS.search(label)), found[0][1] if found else "")


if __name__ == "__main__":
    main()
