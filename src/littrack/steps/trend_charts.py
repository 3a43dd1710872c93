"""Draw trends with the landmarks of the timeline on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from littrack.errors import SettingsError
from littrack.steps.opening import OpenLibrary
from littrack.steps.timeline import language_of
from littrack.steps.trends import TrendRequest, compare_averages
from littrack.trends import Landmark, TrendSeries

if TYPE_CHECKING:
    from littrack.present.charts.words import DailyAverage

# Those of the survey's Figure 1; survey.landmarks in the settings names others.
LANDMARKS = (
    *("GPT-1", "BERT", "GPT-2", "T5", "GPT-3", "Codex", "InstructGPT", "ChatGPT", "LLaMA", "GPT-4"),
)
STAR = "ChatGPT"


def load_landmarks(library: OpenLibrary) -> list[Landmark]:
    """The models that curves are marked with, by the date that the timeline shows.

    A name that leads to no dated model is left out.

    Raises:
        SettingsError: survey.landmarks is no list of names.
    """
    names = library.settings.survey.get("landmarks", LANDMARKS)
    if not isinstance(names, (list, tuple)) or not all(isinstance(one, str) for one in names):
        raise SettingsError('survey.landmarks is a list of models, such as ["BERT", "GPT-3"]')
    if not names:
        return []
    from littrack.steps.models import load_models

    models = load_models(library)
    found = []
    for name in names:
        model = models.find(name)
        date = model.release if model else None
        if date is not None:
            found.append(Landmark(name, date.value, date.kind.value))
    return sorted(found, key=lambda one: (one.date, one.name))


def draw_trends(
    library: OpenLibrary,
    request: TrendRequest,
    series: Sequence[TrendSeries],
    style: tuple[str, str | None, bool, bool],
) -> str | bytes:
    """The chart of these series.

    Args:
        library: Where the landmarks are from.
        request: What was counted.
        series: As `count_trends` counted it.
        style: The file's suffix, the language, whether sums and whether shares are drawn.

    Raises:
        InputError: no chart can be written so.
        SettingsError: the landmarks of the settings cannot be read.
    """
    from littrack.present.charts.trend_chart import render_trend_chart
    from littrack.present.charts.words import ChartOptions

    suffix, language, cumulative, share = style
    landmarks = load_landmarks(library)
    options = ChartOptions(
        language=language_of(library, language),
        cumulative=cumulative,
        share=share,
        panels="each" if cumulative and len(series) == 2 else "auto",  # as the survey's
        averages=tuple(_averages(library, request, landmarks)) if cumulative else (),
    )
    return render_trend_chart(series, landmarks, suffix=suffix, options=options)


def _averages(
    library: OpenLibrary, request: TrendRequest, landmarks: Sequence[Landmark]
) -> list[DailyAverage]:
    """Papers a day before and after the landmark that changed most."""
    from littrack.present.charts.words import DailyAverage

    turns: list[datetime] = [one.date for one in landmarks if one.name == STAR]
    if not turns:
        return []
    return [
        DailyAverage(series.name, before, after, STAR)
        for series, before, after in compare_averages(library, request, turns[0])
        if before is not None and after is not None
    ]
