"""What changed between two editions: as the change log of a survey, and as rows for scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from littrack.claims import (
    Cause,
    CauseKind,
    Edition,
    EditionDiff,
    EditionRow,
    ItemChange,
    ItemKind,
    Model,
    ModelChange,
    ModelChangeKind,
    ModelField,
    Quantity,
)
from littrack.errors import InputError
from littrack.identifiers import parse_arxiv_id
from littrack.present.edition_phrases import PHRASES, SECTIONS, Phrases
from littrack.present.model_words import (
    ACCESS,
    DATE_RULES,
    FIELDS,
    STATUSES,
    Language,
    escape_inline,
    full_text,
    tidy_chinese,
    value_text,
)
from littrack.present.tables import Table

COLUMNS = {"kind": "Change", "name": "Name", "before": "Before", "after": "After", "cause": "Cause"}
KEYS = (*("kind", "name", "field", "before", "after", "cause"), *("source", "locator", "because"))
_KINDS = {
    ModelChangeKind.ADDED: "added",
    ModelChangeKind.REMOVED: "removed",
    ModelChangeKind.RENAMED: "renamed",
    ModelChangeKind.MOVED: "moved",
    ModelChangeKind.REVIEWED: "reviewed",
}


def render_changelog(
    diff: EditionDiff, language: Language = "en", format: Literal["md", "text"] = "md"
) -> str:
    """The change log: counts first, then section by section, each change with its cause."""
    rules = [(one.before, one.after) for one in diff.items if one.kind is ItemKind.RULE]
    log = _Log(language, format == "md", tuple(rules))
    words = log.words
    title = words.title.format(before=log.plain(diff.before.name), after=log.plain(diff.after.name))
    heading = f"# {title}" if log.markdown else title
    lines = [heading, "", log.editions(diff)]
    entries = _entries(diff, log)
    lines[-1] += words.space + log.counts({name: len(held) for name, held in entries.items()})
    for name, held in entries.items():
        section = words.sections[name].heading
        lines += ["", f"## {section}" if log.markdown else section, *([""] * log.markdown)]
        lines += [f"{'-' if log.markdown else '  -'} {text}" for text in _merged(name, held, log)]
    return "\n".join(lines) + "\n"


def _entries(diff: EditionDiff, log: _Log) -> dict[str, list[str]]:
    """One sentence a change, by section; a citation is a section's raw material."""
    found: dict[str, list[str]] = {name: [] for name in SECTIONS}
    for change in diff.models:
        found[_section(change)].append(log.model(change))
    for item in diff.items:
        if item.kind is not ItemKind.FILE:  # files tell nothing to a reader
            found[item.kind].append(log.item(item))
    return {name: held for name, held in found.items() if held}


def _section(change: ModelChange) -> str:
    if change.field is None:
        return _KINDS[change.kind]
    return str(change.field) if change.field in SECTIONS else "facts"


def _merged(name: str, held: Sequence[str], log: _Log) -> list[str]:
    """Citations stand together in two lines, everything else in one each."""
    if name != ItemKind.CITATION:
        return list(held)
    lines = []
    for sign, sentence in (("+", log.words.cited), ("-", log.words.uncited)):
        items = [f"arXiv:{one[1:]}" for one in held if one.startswith(sign)]
        lines += [sentence.format(items=log.words.comma.join(items))] if items else []
    return lines


@dataclass(frozen=True, slots=True)
class _Log:
    """The sentences of a change log in one language and format."""

    language: Language
    markdown: bool
    rules: tuple[tuple[object, object], ...] = ()  # that changed, told in their own section

    @property
    def words(self) -> Phrases:
        return PHRASES[self.language]

    def plain(self, text: str) -> str:
        """Text from outside, harmless within the format."""
        return escape_inline(text) if self.markdown else " ".join(text.split())

    def name(self, text: str) -> str:
        return f"**{self.plain(text)}**" if self.markdown else self.plain(text)

    def listed(self, items: Iterable[str]) -> str:
        """``7B, 13B and 65B``."""
        *first, last = [*items]
        words = self.words
        return words.last_comma.join([words.comma.join(first), last]) if first else last

    def editions(self, diff: EditionDiff) -> str:
        return self.words.editions.format(
            before=self.plain(diff.before.name),
            after=self.plain(diff.after.name),
            first=self.day(diff.before),
            last=self.day(diff.after),
        )

    def day(self, edition: Edition) -> str:
        created, as_of = f"{edition.created_at:%Y-%m-%d}", f"{edition.as_of:%Y-%m-%d}"
        if created == as_of:
            return created
        return self.words.dated.format(created=created, as_of=as_of)

    def counts(self, numbers: Mapping[str, int]) -> str:
        words = self.words
        if not numbers:
            return words.none
        told = [
            words.sections[name].one if n == 1 else words.sections[name].many.format(n=n)
            for name, n in numbers.items()
        ]
        *first, last = told
        text = words.last_joint.join([words.joint.join(first), last]) if first else last
        total = sum(numbers.values())
        form = words.total_one if total == 1 else words.total_many
        return form.format(total=total, counts=text)

    # --- models -----------------------------------------------------------------------------------

    def model(self, change: ModelChange) -> str:
        """What changed, and why."""
        tell: dict[ModelChangeKind, Callable[[ModelChange], str]] = {
            ModelChangeKind.ADDED: self.added,
            ModelChangeKind.REMOVED: self.removed,
            ModelChangeKind.RENAMED: self.renamed,
            ModelChangeKind.MOVED: self.moved,
            ModelChangeKind.FIELD: self.changed,
            ModelChangeKind.REVIEWED: self.reviewed,
        }
        told = (tell[change.kind](change), self.cause(change.cause))
        return self.tidy(self.words.space.join(text for text in told if text))

    def tidy(self, text: str) -> str:
        return tidy_chinese(text) if self.language == "zh" else text

    def added(self, change: ModelChange) -> str:
        row = _row(change.after)
        model, words = row.model, self.words
        facts = []
        if model.release is not None:
            facts.append(words.released.format(date=self.value(model, ModelField.RELEASE)))
        if model.sizes:
            sizes = self.listed(self.plain(value_text(one, self.language)) for one in model.sizes)
            facts.append(words.sized.format(sizes=sizes))
        access = model.value(ModelField.ACCESS)
        facts += [ACCESS[self.language].get(access, self.plain(access))] if access else []
        facts += [words.placed.format(bucket=self.plain(row.bucket))] if row.bucket else []
        by, colon = (" ({})", ": ") if self.language == "en" else ("（{}）", "：")
        maker = by.format(self.plain(model.organisation)) if model.organisation else ""
        told = colon + words.joint.join(facts) if facts else ""
        return words.added.format(name=self.name(model.name), by=maker, facts=told)

    def removed(self, change: ModelChange) -> str:
        return self.words.removed.format(name=self.name(_row(change.before).model.name))

    def renamed(self, change: ModelChange) -> str:
        before, after = _row(change.before).model.name, _row(change.after).model.name
        return self.words.renamed.format(before=self.name(before), name=self.name(after))

    def moved(self, change: ModelChange) -> str:
        """The move, and the date that made it."""
        old, new, words = _row(change.before), _row(change.after), self.words
        form = words.moved if old.bucket and new.bucket else words.moved_in
        form = form if new.bucket else words.moved_out
        told = form.format(
            name=self.name(new.model.name),
            before=self.plain(old.bucket),
            after=self.plain(new.bucket),
        )
        dates = [self.value(row.model, ModelField.RELEASE) for row in (old, new)]
        reason = ""
        if old.model.release != new.model.release:
            reason = words.redated if all(dates) else words.first_dated
            reason = reason if dates[1] else words.undated
        stop = "." if self.language == "en" else "。"
        return told + reason.format(before=dates[0], after=dates[1]) + stop

    def changed(self, change: ModelChange) -> str:
        old, new = _row(change.before).model, _row(change.after).model
        field = change.field or ModelField.RELEASE
        name = self.name(new.name)
        if _section(change) == "facts":
            name = self.words.fact.format(name=name, field=FIELDS[self.language][field])
        before, after = self.value(old, field), self.value(new, field)
        form = self.words.changed if before and after else self.words.first_stated
        form = form if after else self.words.no_longer_stated
        return form.format(name=name, before=before, after=after)

    def reviewed(self, change: ModelChange) -> str:
        old, new = _row(change.before).model, _row(change.after).model
        states = STATUSES[self.language]
        return self.words.reviewed.format(
            name=self.name(new.name), before=states[old.status], after=states[new.status]
        )

    def value(self, model: Model, field: ModelField) -> str:
        """What is shown for a field; "" when nobody states it."""
        if field is ModelField.PAPER:
            return f"arXiv:{model.paper}" if model.paper else ""
        values = model.values(field)
        if len(values) > 1:  # what is undisclosed adds nothing to what is known
            known = [
                one for one in values if not isinstance(one, Quantity) or one.value is not None
            ]
            values = tuple(known)
        texts = [self.plain(full_text(field, one, self.language)) for one in values]
        return self.listed(texts) if texts else ""

    # --- causes and all else ----------------------------------------------------------------------

    def cause(self, cause: Cause) -> str:
        words = self.words
        if cause.kind is CauseKind.RULE and (cause.before, cause.after) in self.rules:
            return words.by_rule
        source = self.plain(_source(cause.source))
        because = self.plain(cause.because).rstrip(".。 ")
        is_rule = cause.kind in (CauseKind.RULE, CauseKind.LEFT_OUT)
        before, after = (
            self.rule(text) if is_rule else self.name(text) if text else ""
            for text in (cause.before, cause.after)
        )
        told = words.causes[cause.kind].format(
            place=self.place(source, self.plain(cause.locator)),
            source=source,
            because=words.because.format(because=because) if because else "",
            before=before,
            after=after,
        )
        if cause.kind in (CauseKind.MERGED, CauseKind.SPLIT) and cause.source:
            decided = Cause(CauseKind.DECISION, cause.source, because=cause.because)
            return told + words.space + self.cause(decided)
        return told

    def place(self, source: str, locator: str) -> str:
        return self.words.place.format(source=source, locator=locator) if locator else source

    def rule(self, text: str) -> str:
        return self.plain(DATE_RULES[self.language].get(text, text))

    def item(self, item: ItemChange) -> str:
        """A sentence; of a citation only its sign and number."""
        if item.kind is ItemKind.CITATION:
            return f"{'-' if item.after is None else '+'}{item.name}"
        forms = self.words.items[item.kind]
        form = forms[2] if item.after is None else forms[1] if item.before is None else forms[0]
        name = self.words.rules.get(item.name, item.name)
        before, after = (self.item_value(item.kind, one) for one in (item.before, item.after))
        return self.tidy(form.format(name=self.name(name), before=before, after=after))

    def item_value(self, kind: ItemKind, value: str | int | None) -> str:
        if isinstance(value, int):
            return f"{value:,}"
        if kind is ItemKind.DIVISION and value:
            return self.listed(value.split(", "))
        return self.rule(value or "")


def _row(row: EditionRow | None) -> EditionRow:
    if row is None:
        raise ValueError("a change lacks the row that it is about")
    return row


def _source(source: str) -> str:
    try:
        return f"arXiv:{parse_arxiv_id(source)}"
    except InputError:  # a table, an address, a person
        return source


# --- rows -----------------------------------------------------------------------------------------


def changes_table(diff: EditionDiff) -> Table:
    """One row a change, in the order of the change log; files too."""
    rows = [_model_row(change) for change in diff.models] + [_item_row(one) for one in diff.items]
    return Table(rows, COLUMNS, KEYS)


def _model_row(change: ModelChange) -> dict[str, Any]:
    row = change.after or _row(change.before)
    before, after = _sides(change)
    return {
        "kind": str(change.kind),
        "name": row.model.name,
        "field": None if change.field is None else str(change.field),
        "before": before,
        "after": after,
        "cause": str(change.cause.kind),
        "source": change.cause.source or None,
        "locator": change.cause.locator or None,
        "because": change.cause.because or change.cause.after or change.cause.before or None,
    }


def _sides(change: ModelChange) -> tuple[str | None, str | None]:
    log = _Log("en", markdown=False)
    rows = (change.before, change.after)
    if change.kind is ModelChangeKind.MOVED:
        first, last = (row.bucket or None if row else None for row in rows)
    elif change.kind is ModelChangeKind.REVIEWED:
        first, last = (str(row.model.status) if row else None for row in rows)
    elif change.field is not None:
        field = change.field
        first, last = (log.value(row.model, field) or None if row else None for row in rows)
    else:
        first, last = (row.model.name if row else None for row in rows)
    return first, last


def _item_row(item: ItemChange) -> dict[str, Any]:
    return {
        "kind": str(item.kind),
        "name": item.name,
        "field": None,
        "before": item.before,
        "after": item.after,
        "cause": None,
        "source": None,
        "locator": None,
        "because": None,
    }
