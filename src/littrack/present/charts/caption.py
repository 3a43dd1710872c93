"""What a reader must know of a chart's numbers: what was counted, by which date, what lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from littrack.present.charts.note_words import translate_note
from littrack.present.charts.words import WORDS, ChartOptions, Words, period_name
from littrack.trends import TrendSeries


def trend_caption(
    series: Sequence[TrendSeries], options: ChartOptions, extra: Sequence[str] = ()
) -> str:
    """The chosen caption, or one made of what the series say of themselves."""
    if options.caption is not None:
        return options.caption
    words = WORDS[options.language]
    sentences = [*_counted(series, words), *_exceptions(series, options, words), *extra]
    stop = words.stop.strip()
    ended = (one if one.endswith((".", "。", "!", "?")) else one + stop for one in sentences)
    return (" " if words.tag == "en" else "").join(ended)


def _counted(series: Sequence[TrendSeries], words: Words) -> Iterator[str]:
    """How papers were chosen and dated, and in which window; once if it is the same for all."""
    what = _once(
        words.counted[one.semantics] if one.semantics else words.kinds[one.kind] for one in series
    )
    windows = {one.name: _window(one, words) for one in series if one.points}
    if len(set(windows.values())) > 1:
        spans = words.comma.join(words.of.format(one, name) for name, one in windows.items())
    else:
        spans = next(iter(windows.values()), "")
    yield words.comma.join([*what, words.basis, *filter(None, [spans])])


def _window(series: TrendSeries, words: Words) -> str:
    first, last = (period_name(series.points[end].period, series.step) for end in (0, -1))
    return first if first == last else words.window.format(first, last)


def _exceptions(
    series: Sequence[TrendSeries], options: ChartOptions, words: Words
) -> Iterator[str]:
    if any(point.partial for one in series for point in one.points):
        yield words.partial
    if options.cumulative and any(one.baseline for one in series):
        yield words.baseline.format(_numbers(series, [one.baseline for one in series], words))
    if any(one.unplaced for one in series):
        yield words.unplaced.format(_numbers(series, [one.unplaced for one in series], words))
    yield from _once(translate_note(note, options.language) for one in series for note in one.notes)


def _numbers(series: Sequence[TrendSeries], numbers: Sequence[int], words: Words) -> str:
    """The numbers that are not 0, with the names of their series if there are several."""
    if len(series) == 1:
        return f"{numbers[0]:,}"
    named = ((f"{count:,}", one.name) for one, count in zip(series, numbers, strict=True) if count)
    return words.comma.join(words.of.format(*pair) for pair in named)


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
