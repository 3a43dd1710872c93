"""What Prefect is told through the environment before it is imported; what the user set stays.

    PREFECT_HOME                    in littrack's state folder, so that no other Prefect is touched
    PREFECT_SERVER_ANALYTICS_...    off: a survey's machine talks to arXiv and to nobody else
    PREFECT_..._STARTUP_TIMEOUT     two minutes: a busy laptop needs them
    PREFECT_LOGGING_...             runs say what they do, servers only what is wrong

Importing this module sets the defaults. It is the only place in flows/ that reads or writes the
environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from littrack.settings import user_folders

HEALTH_SECONDS = 120
_SCHEDULER = "_LITTRACK_SCHEDULER"  # LITTRACK_* are settings
_API_URL = "PREFECT_API_URL"
_LOOPBACK = "127.0.0.1,localhost"


def defaults(state_folder: Path) -> Mapping[str, str]:
    """What is set unless the user has set it."""
    return {
        "PREFECT_HOME": str(state_folder / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(HEALTH_SECONDS),
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PREFECT_LOGGING_SERVER_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_CLI_WRAP_LINES": "false",
    }


HAS_OWN_HOME = "PREFECT_HOME" in os.environ
for _name, _value in defaults(user_folders().state).items():
    os.environ.setdefault(_name, _value)
with suppress(OSError):  # Prefect makes the last folder only, and says itself that it cannot
    Path(os.environ["PREFECT_HOME"]).expanduser().parent.mkdir(parents=True, exist_ok=True)


def deployment_name(library: Path) -> str:
    """What a library's deployments are called: its folder's name, and what makes it unique.

    >>> deployment_name(Path("/home/li/my-survey"))
    'my-survey-2e62b2'
    """
    return f"{library.name}-{sha256(str(library).encode()).hexdigest()[:6]}"


def choose_home(library: Path) -> Path:
    """Give each library a Prefect of its own: two servers cannot share a database."""
    if not HAS_OWN_HOME:
        home = user_folders().state / "prefect" / deployment_name(library)
        os.environ["PREFECT_HOME"] = str(home)
    home = Path(os.environ["PREFECT_HOME"]).expanduser()
    home.mkdir(parents=True, exist_ok=True)
    return home


def users_server() -> str | None:
    """The API of a server that the user runs."""
    return os.environ.get(_API_URL) or None


def use_server(url: str) -> None:
    """Have Prefect, here and in every run, talk to this server, and not by way of a proxy."""
    os.environ[_API_URL] = url
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), _LOOPBACK)))


def prepare_runs(root: Path) -> None:
    """Let the processes of flow runs find the flows, and know whose they are."""
    paths = [str(root), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    os.environ[_SCHEDULER] = str(os.getpid())


def scheduler_process() -> int | None:
    """The scheduler that started this process; None for a run by hand or by a worker."""
    number = os.environ.get(_SCHEDULER, "")
    return int(number) if number.isdecimal() and int(number) == os.getppid() else None
