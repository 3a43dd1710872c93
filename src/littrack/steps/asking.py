"""How the steps ask arXiv: one HTTP client, made from the settings, with the machine's limiter.

With `Settings.record` every answer is also written to a folder; with `Settings.replay` every answer
comes from one, and the step's clock stands where the recording began, so that it asks the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from littrack.sources.http import CheckedHttp
    from littrack.steps.opening import OpenLibrary

OnWait = Callable[[float, str], None]


@contextmanager
def open_http(library: OpenLibrary, on_wait: OnWait | None, patient: bool) -> Iterator[CheckedHttp]:
    """A client for all of arXiv's services while the block runs.

    Its answers are recorded, or come from a recording, as the settings say; a block that ends
    without an error completes the recording. Unless `patient`, the first refusal is final.
    ``on_wait`` is told (seconds, why) before each pause.

    Raises:
        InputError: the folder to replay holds no recording that can be read.
        OutputError: the folder to record to cannot be written.
    """
    from littrack.sources.cassettes import open_recording, open_replay
    from littrack.sources.http import CheckedHttp, HttpOptions
    from littrack.sources.limiter import Limiter, SystemClock

    clock, settings = SystemClock(), library.settings
    limiter = Limiter(library.state_folder, settings.arxiv.delay_seconds, clock)
    with ExitStack() as stack:
        recording = replay = None
        if settings.record:
            recording = open_recording(Path(settings.record), library.now())
            stack.enter_context(recording)
        if settings.replay:
            replay = open_replay(Path(settings.replay))
        options = HttpOptions(
            contact=settings.arxiv.contact,
            offline=settings.offline,
            quarantine=library.state_folder / "quarantine",
            on_wait=on_wait,
            retries=HttpOptions().retries if patient else 0,
            recording=recording,
            replay=replay,
        )
        yield stack.enter_context(CheckedHttp(limiter, clock, options))


def at_recorded_time(library: OpenLibrary) -> OpenLibrary:
    """The library with a clock that stands still while answers are recorded or replayed."""
    if library.settings.replay:
        from littrack.sources.cassettes import open_replay

        moment = open_replay(Path(library.settings.replay)).started
    elif library.settings.record:
        moment = library.now()
    else:
        return library
    return replace(library, now=lambda: moment)
