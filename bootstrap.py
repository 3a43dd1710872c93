"""From a fresh clone to a working littrack, with nothing but Python 3.11 or newer.

    python3 bootstrap.py [-- ARGS]     make .venv, install, run `littrack quickstart ARGS`
    python3 bootstrap.py install       make .venv and install, no more
    python3 bootstrap.py test [ARGS]   the same with the test tools, then ruff, mypy, pytest ARGS
    python3 bootstrap.py renew         install the newest of everything in a throw-away environment
                                       and write what came to constraints.txt

Only the standard library is used. A second call with unchanged pyproject.toml and constraints.txt
skips the install. pip's own configuration (index, proxy, certificates) is left to the user.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (before anything that an older Python cannot run)
    sys.exit(
        f"littrack needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.\n"
        "Install a newer one and run it by its name, for example: python3.12 bootstrap.py"
    )

import hashlib
import importlib.util
import os
import re
import shlex
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "constraints.txt"
STAMP = ".littrack-installed"
QUIET = subprocess.DEVNULL

# The one address named here: where the PyTorch project keeps its CPU builds. On Linux the builds
# elsewhere bring some 3 GB of CUDA libraries; on macOS and Windows they are CPU builds already.
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"

HEADER = """\
# The exact set that littrack was tested with, its test tools included. pip reads it as
# constraints: a line here never installs anything, it only fixes the version if it is needed.
#
# Renewed by `python3 bootstrap.py renew`, which installs the newest versions that pyproject.toml
# allows into a throw-away environment and writes them here. The torch line alone is kept and is
# raised by hand, without a local label, so that it fits CPU and CUDA builds alike.
# After renewing: `python3 bootstrap.py test`.
"""

# Runs in the new environment: what kind of torch is it? Read from the metadata, because importing
# torch takes seconds.
TORCH_PROBE = """\
from importlib.metadata import PackageNotFoundError, distributions, version
try:
    torch = version("torch")
except PackageNotFoundError:
    torch = ""
label = torch.partition("+")[2]
gpu = any((d.name or "").lower().startswith(("nvidia-", "rocm-")) for d in distributions())
print(torch, "gpu" if gpu or label.startswith(("cu", "rocm", "xpu")) else "cpu")
"""


def say(message: str) -> None:
    """Tell the person; stdout stays free for what the last command prints."""
    print(f"bootstrap: {message}", file=sys.stderr, flush=True)


def inside(venv: Path, program: str) -> str:
    """The path of a program in a virtual environment."""
    folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return str(venv / folder / (program + suffix))


def run(command: Sequence[str]) -> int:
    """Run a command in the repository, shown first; returns its exit code."""
    say("$ " + shlex.join(command))
    environment = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


def must(command: Sequence[str], remedy: str) -> None:
    """Run a command that the rest depends on."""
    code = run(command)
    if code:
        say(f"that failed (exit code {code}). {remedy}")
        sys.exit(code)


def works(venv: Path) -> bool:
    """Whether the environment's Python starts, is new enough and has pip."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return not subprocess.run([inside(venv, "python"), "-c", probe], stderr=QUIET).returncode
    except OSError:
        return False


def make_environment(venv: Path) -> None:
    """Make the virtual environment, or leave a good one as it is."""
    if works(venv):
        return
    if venv.exists() and any(venv.iterdir()) and not (venv / "pyvenv.cfg").exists():
        sys.exit(f"bootstrap: {venv} is not a virtual environment; move it away and try again.")
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            "bootstrap: this Python has no ensurepip, so no environment can be made with it.\n"
            "On Debian and Ubuntu: sudo apt-get install python3-venv"
        )
    must(
        [sys.executable, "-m", "venv", "--clear", str(venv)],
        "Is there space, and may this folder be written?",
    )


def fingerprint() -> str:
    """Changes when another install is due."""
    parts = [CONSTRAINTS.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), bytes(ROOT)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_installed(venv: Path, extra: str) -> bool:
    """Whether the last finished install holds all that is asked for now."""
    try:
        done, extras = (venv / STAMP).read_text("utf-8").split("\n")[:2]
    except (OSError, ValueError):
        return False
    return done == fingerprint() and extra in ("", *extras.split(","))


def torch_pin() -> str:
    """The torch line of constraints.txt, the only place that states the version."""
    found = re.search(r"(?m)^torch==\S+", CONSTRAINTS.read_text("utf-8"))
    if found is None:
        sys.exit(f"bootstrap: {CONSTRAINTS} has no line torch==...; restore it from git.")
    return found[0]


def install_torch(venv: Path) -> None:
    """Put the small CPU build of torch in place before anything can ask for the large one.

    Alone and without what it needs, so that an index that cannot be reached costs one look-up,
    given up quickly, instead of one for each package.
    """
    if not sys.platform.startswith("linux"):
        return
    index = ["--extra-index-url", TORCH_CPU_INDEX, "--retries", "1", "--timeout", "15"]
    pip = [inside(venv, "python"), "-m", "pip", "install", "--no-deps", *index]
    if run([*pip, torch_pin()]):
        say("torch did not come that way; trying again together with the rest.")


def install_project(venv: Path, extra: str, constraints: Path) -> None:
    """Install littrack itself, editable, with all it needs."""
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    must(
        [inside(venv, "python"), "-m", "pip", "install", "-c", str(constraints), "-e", target],
        "pip's last lines say why. If an address could not be reached: is a proxy or a mirror"
        " set up for pip (`pip config list`)?",
    )


def check_torch(venv: Path) -> None:
    """Warn, loudly but only warn, when torch brought CUDA along on Linux."""
    answer = subprocess.run(
        [inside(venv, "python"), "-c", TORCH_PROBE], capture_output=True, text=True
    ).stdout.split()
    if not sys.platform.startswith("linux") or answer[-1:] != ["gpu"]:
        return
    say("!" * 78)
    say(f"WARNING: torch {answer[0]} is a GPU build: about 3 GB that littrack does not use.")
    say(f"The CPU build comes from {TORCH_CPU_INDEX},")
    say("which could not be reached or holds no build for this machine. Remedy, once it can:")
    say(f"    delete {venv} and run bootstrap.py again")
    say("All works with the GPU build too; it is only large.")
    say("!" * 78)


def megabytes(folder: Path) -> int:
    """Size of all files below a folder, links not followed."""
    sizes = (
        os.lstat(os.path.join(parent, name)).st_size
        for parent, _, names in os.walk(folder)
        for name in names
    )
    return round(sum(sizes) / 1e6)


def install(venv: Path, extra: str = "") -> None:
    """Make the environment complete; nothing to do when it is already."""
    if works(venv) and is_installed(venv, extra):
        say(f"{venv.name} is up to date.")
        return
    started = time.monotonic()
    make_environment(venv)
    (venv / STAMP).unlink(missing_ok=True)  # an install that is broken off must not count
    install_torch(venv)
    install_project(venv, extra, CONSTRAINTS)
    check_torch(venv)
    (venv / STAMP).write_text(f"{fingerprint()}\n{extra}\n", "utf-8")
    say(f"installed in {time.monotonic() - started:.0f} s, {megabytes(venv)} MB in {venv.name}.")


def test(arguments: Sequence[str]) -> int:
    """Run every check, pytest last; the exit code is that of the first that failed."""
    install(VENV, "test")
    codes = [
        run([inside(VENV, "ruff"), "check", "."]),
        run([inside(VENV, "ruff"), "format", "--check", "."]),
        run([inside(VENV, "mypy")]),
    ]
    for name, code in zip(("ruff check", "ruff format --check", "mypy"), codes, strict=True):
        if code:
            say(f"FAILED: {name} (exit code {code}); see above.")
    codes.append(run([inside(VENV, "python"), "-m", "pytest", *arguments]))
    return next((code for code in codes if code), 0)


def renew() -> int:
    """Write constraints.txt anew from the newest versions that pyproject.toml allows."""
    pin = torch_pin()
    with tempfile.TemporaryDirectory(prefix="littrack-renew-") as folder:
        venv, only_torch = Path(folder, "venv"), Path(folder, "torch.txt")
        only_torch.write_text(pin + "\n", "utf-8")
        make_environment(venv)
        install_torch(venv)
        install_project(venv, "test", only_torch)
        freeze = [inside(venv, "python"), "-m", "pip", "freeze", "--all"]  # setuptools too
        freeze += ["--exclude", "littrack", "--exclude", "pip"]
        frozen = subprocess.run(freeze, capture_output=True, text=True, check=True).stdout
    lines = [pin if line.startswith("torch==") else line for line in frozen.splitlines()]
    odd = [line for line in lines if not re.fullmatch(r"[\w.-]+==[^\s+]+", line)]
    if odd:  # a file on this machine, a local build: of no use to anybody else
        say("constraints.txt is not written, these are no plain versions: " + "; ".join(odd))
        return 1
    CONSTRAINTS.write_text(HEADER + "\n".join(lines) + "\n", "utf-8", newline="\n")
    say(f"{CONSTRAINTS.name}: {len(lines)} packages. Now run: python3 bootstrap.py test")
    return 0


def quickstart(arguments: Sequence[str]) -> int:
    """Install if needed, then do the main job once."""
    install(VENV)
    return run([inside(VENV, "littrack"), "quickstart", *arguments])


def main(arguments: Sequence[str]) -> int:
    """Choose the job by the first word."""
    if not arguments or arguments[0] == "--":
        return quickstart(arguments[1:])
    job, rest = arguments[0], list(arguments[1:])
    if job == "test":
        return test(rest[1:] if rest[:1] == ["--"] else rest)
    if job == "install" and not rest:
        install(VENV)
        return 0
    if job == "renew" and not rest:
        return renew()
    print(__doc__, file=sys.stdout if job in ("-h", "--help", "help") else sys.stderr)
    return 0 if job in ("-h", "--help", "help") else 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("stopped.")
        sys.exit(130)
