"""Who knows one adapter finds their way in another: what several do is in files of the same names."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "src/cohort_bot/platforms"

ALL = {"__init__", "adapter", "answers", "commands", "forms", "ids", "render", "text", "translate"}
"""In every platform."""

OVER_A_NETWORK = {"cli", "connection", "examine", "failures", "history", "limits", "live_check", "recorded"}
"""Where the platform is a service of somebody else."""

OWN = {
    "discord": {
        "drafts": "a modal cannot answer a modal: a form to be corrected waits behind a button",
        "events": "a server has a list of events",
        "invite": "permissions are asked for by a link",
    },
    "slack": {
        "api": "the library's client is called in many workspaces, each with a token of its own",
        "file_delivery": "a private answer cannot hold a file",
        "http": "Slack calls over HTTP where there is no Socket Mode",
        "installations": "many workspaces install the app",
        "manifest": "an app is set up by a manifest",
        "oauth": "the pages of an installation",
        "people": "a payload does not tell a person's zone and rights",
        "reply_channels": "what can be answered how differs by request",
        "token_cipher": "tokens of workspaces are kept",
        "workspace_finder": "workspaces share channels",
        "workspaces": "one workspace, or many",
    },
    "local": {
        "chat": "the service itself: there is no server elsewhere",
        "faces": "sample people have no pictures of their own",
        "guide": "the first screen and the tour",
        "guard": "a page on this machine is open to other pages",
        "pages": "its HTTP",
    },
}
"""What a platform alone has, with the reason."""


@pytest.mark.parametrize("platform", OWN)
def test_files_have_the_names_that_they_have_elsewhere(platform: str) -> None:
    shared = ALL if platform == "local" else ALL | OVER_A_NETWORK
    assert {path.stem for path in (FOLDER / platform).glob("*.py")} == shared | set(OWN[platform])


def test_there_is_no_other_platform() -> None:
    assert {path.parent.name for path in FOLDER.glob("*/adapter.py")} == set(OWN)
