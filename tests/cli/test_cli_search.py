"""search, similar and show: what is found, what is said when nothing is."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from command_line import PAPERS, Run
from typer.testing import Result

MINIMUM = {
    "rank", "kind", "arxiv_id", "version", "title", "authors", "published", "primary_category",
    "score", "url", "snippet", "matched_by",
}  # fmt: skip


def ids(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return [hit["arxiv_id"] for hit in json.loads(result.stdout)]


def test_the_objects_have_the_keys_that_were_promised(run: Run, filled: Path) -> None:
    result = run("search", "chain-of-thought", "--library", filled, "--json")
    best = json.loads(result.stdout)[0]
    assert set(best) >= MINIMUM
    assert (best["rank"], best["kind"], best["arxiv_id"]) == (1, "paper", "2201.11903")
    assert best["published"] == "2022-01-28"
    assert best["version"] is None
    assert best["url"] == "https://arxiv.org/abs/2201.11903"
    assert best["matched_by"] == ["lexical", "semantic"]
    assert "explanation" not in best
    assert result.stderr == ""


def test_a_date_of_which_only_the_month_is_known_has_no_day(run: Run, filled: Path) -> None:
    found = json.loads(run("search", "survey", "--library", filled, "--json", "-n", "1").stdout)
    assert found[0]["published"] == "2023-03"
    assert found[0]["published_precision"] == "month"
    assert found[0]["published_kind"] == "id_month"


def test_json_is_not_escaped(run: Run, filled: Path) -> None:
    assert "大语言模型综述" in run("search", "综述", "--library", filled, "--json").stdout


@pytest.mark.parametrize("mode", ["hybrid", "semantic", "lexical"])
def test_a_query_may_be_chinese_and_unquoted_words(run: Run, filled: Path, mode: str) -> None:
    assert ids(run("search", "思维链", "--library", filled, "--json", "--mode", mode))[0] == (
        "2201.11903"
    )
    found = ids(run("search", "residual", "learning", "--library", filled, "--json"))
    assert found[0] == "1512.03385"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--since", "2022"), {"2201.11903", "2303.18223"}),
        (("--until", "2015"), {"1512.03385"}),
        (("--until", "2015-11"), set()),
        (("--since", "2015-12-10", "--until", "2015-12-10"), {"1512.03385"}),
        (("--since", "2017-06", "--until", "2017-06"), {"1706.03762"}),
        (("--category", "cs.CV", "--category", "cs.LG"), {"1512.03385", "1706.03762"}),
        (("--category", "cs.*", "-n", "1"), None),
        (("--kind", "paper", "--until", "2016"), {"1512.03385"}),
    ],
)
def test_filters_and_limits(
    run: Run, filled: Path, options: tuple[str, ...], expected: set[str] | None
) -> None:
    found = ids(run("search", "models", "--library", filled, "--json", "--mode", "semantic",
                    *options))  # fmt: skip
    assert set(found) == expected if expected is not None else len(found) == 1


def test_what_was_known_on_a_day_is_another_question_than_what_had_happened(
    run: Run, filled: Path
) -> None:
    asked = ("search", "models", "--library", filled, "--json", "--mode", "semantic")
    assert ids(run(*asked, "--as-of", "2019")) == []  # papers of 2015, known to nobody here yet
    assert set(ids(run(*asked, "--as-of", "9998", "--until", "2017"))) == {
        "1512.03385",
        "1706.03762",
    }
    for mode in ("hybrid", "lexical"):
        found = ids(run("search", "CoT", "--library", filled, "--json", "--mode", mode,
                        "--as-of", "9998-12-30"))  # fmt: skip
        assert found[0] == "2201.11903"
    similar = run("similar", "1706.03762", "--library", filled, "--json", "--as-of", "9998")
    assert len(ids(similar)) == 3
    nothing = run("search", "models", "--library", filled, "--as-of", "2019", "--fail-empty")
    assert (nothing.exit_code, nothing.stdout) == (3, "")


def test_show_knows_what_was_known_on_a_day(run: Run, filled: Path) -> None:
    now = run("show", "1706.03762", "--library", filled, "--json").stdout
    assert run("show", "1706.03762", "--library", filled, "--json", "--as-of", "9998").stdout == now
    diff = run("show", "1706.03762", "--library", filled, "--diff", "--as-of", "9998")
    assert diff.exit_code == 0
    for command in ("show", "similar"):
        result = run(command, "1706.03762", "--library", filled, "--as-of", "2019-05")
        assert result.exit_code == 65
        assert "did not know 1706.03762 by 2019-05-31: it saw it first on 20" in result.stderr


def test_the_explanation_adds_up(run: Run, filled: Path) -> None:
    found = json.loads(
        run("search", "attention", "--library", filled, "--json", "--explain").stdout
    )
    parts = found[0]["explanation"]["parts"]
    assert sum(parts.values()) == pytest.approx(found[0]["score"], abs=1e-5)
    page = run("search", "attention", "--library", filled, "--explain").stdout
    assert "1. Attention Is All You Need\n   1706.03762 · 2017-06-12 · cs.CL" in page
    number = r"-?[\d.]+"
    part = rf"{number} × {number} = {number}"
    assert re.search(rf"\n   score     words {part} \+ meaning {part} .*= [\d.]+\n", page)
    assert re.search(r"\n   ranks     by words 1 \(BM25 [\d.]+\) · by meaning 1 \(cosine", page)
    assert re.search(r"\n   words     attention [\d.]+ ×2\n", page)
    assert "\n   sentence  A translation network of attention alone, without" in page
    assert "Parts of the score" in run("search", "attention", "--library", filled, "--explain",
                                       "--format", "md").stdout  # fmt: skip


def test_words_are_marked_by_offsets_into_title_and_abstract(run: Run, filled: Path) -> None:
    hit = json.loads(run("search", "networks of 注意力", "--library", filled, "--json").stdout)[0]
    assert (hit["arxiv_id"], hit["title"]) == ("1706.03762", "Attention Is All You Need")
    abstract = PAPERS[1]["abstract"]
    assert hit["snippet_at"] == {"field": "abstract", "start": 0, "end": len(abstract)}
    texts = {"title": hit["title"], "abstract": abstract}
    marked = [texts[one["field"]][one["start"] : one["end"]] for one in hit["highlights"]]
    assert marked == ["Attention", "network", "attention"]


def test_snippets_are_lines_and_a_page(run: Run, filled: Path, tmp_path: Path) -> None:
    shown = run("search", "attention", "--library", filled, "-s", "-n", "1").stdout
    assert (
        shown.splitlines()[2] == "   A translation network of attention alone, without recurrence."
    )
    page = tmp_path / "hits.html"
    assert run("search", "attention", "--library", filled, "-o", page).stdout == ""
    assert "network of <mark>attention</mark> alone" in page.read_text("utf-8")
    table = run("search", "attention", "-s", "--library", filled, "--format", "md").stdout
    assert table.splitlines()[0].endswith("| Sentence |")


def test_marks_are_bold_on_a_terminal_and_uncoloured_with_NO_COLOR(
    run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    asked = ("search", "attention", "--library", filled, "-s", "-n", "1")
    assert "\x1b[1;33mattention\x1b[0m alone" in run(*asked).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1mattention\x1b[0m alone" in run(*asked).stdout


def test_the_newest_of_the_best_may_come_first(run: Run, filled: Path) -> None:
    hits = json.loads(
        run("search", "attention", "--library", filled, "--sort", "date", "--json").stdout
    )
    assert [hit["published"] for hit in hits] == sorted(
        (hit["published"] for hit in hits), reverse=True
    )
    assert [hit["rank"] for hit in hits if hit["arxiv_id"] == "1706.03762"] == [1]


def test_an_empty_library_is_no_error_and_says_what_to_do(run: Run, empty: Path) -> None:
    result = run("search", "anything", "--library", empty, "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
    assert "nothing to search yet" in result.stderr
    assert "quickstart" in result.stderr
    assert run("similar", "any text", "--library", empty).exit_code == 0
    assert run("search", "x", "--library", empty, "--fail-empty").exit_code == 3


def test_no_match_says_so(run: Run, filled: Path) -> None:
    result = run("search", "zyxwv", "--mode", "lexical", "--library", filled)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "no match: no match among 4 papers; try other words\n"
    assert run("--quiet", "search", "zyxwv", "--mode", "lexical", "--library", filled).output == ""


def test_filters_that_leave_nothing_are_told_from_no_match(run: Run, filled: Path) -> None:
    asked = ("search", "attention", "--mode", "lexical", "--library", filled, "--json")
    result = run(*asked, "--since", "2022", "--fail-empty")
    assert (result.exit_code, result.stdout) == (3, "[]\n")
    assert result.stderr == (
        "filters: no match among the 2 papers that the filters leave; without filters 1 match\n"
    )
    assert run(*asked, "--until", "2001").stderr == (
        "filters: no match: the filters leave no paper; without filters 1 match\n"
    )
    assert "no match among 4" in run(*asked[:1], "zyxwv", *asked[2:], "--since", "2022").stderr


def test_a_source_that_is_incomplete_is_named_with_and_without_hits(run: Run, filled: Path) -> None:
    with (filled / "littrack.toml").open("a") as settings:
        settings.write('\n[[subscription]]\nname = "llm"\ncategories = ["cs.CL"]\nvia = "oai"\n')
    told = "papers may be missing; oai llm has not run yet: littrack ingest\n"
    asked = ("--mode", "lexical", "--library", filled)
    assert run("search", "zyxwv", *asked).stderr == f"source: {told}"
    assert run("search", "attention", *asked).stderr == f"hint: {told}"
    assert run("--quiet", "search", "attention", *asked).stderr == ""


def test_without_an_index_words_are_searched_with_a_warning(run: Run, filled: Path) -> None:
    shutil.rmtree(filled / "index")
    result = run("search", "residual", "--library", filled, "--json")
    assert ids(result) == ["1512.03385"]
    assert "warning: searching by words alone" in result.stderr
    assert "littrack update --no-ingest" in result.stderr
    missed = run("search", "zyxwv", "--library", filled)
    assert "index: meaning was not searched" in missed.stderr
    for arguments in (("search", "residual", "--mode", "semantic"), ("similar", "residual nets")):
        result = run(*arguments, "--library", filled)
        assert result.exit_code == 78
        assert "littrack update --no-ingest" in result.stderr


def test_a_damaged_index_is_an_error_with_advice_unless_words_are_asked(
    run: Run, filled: Path
) -> None:
    for path in (filled / "index").iterdir():
        if path.suffix != ".json":
            path.write_bytes(b"broken")
    result = run("search", "residual", "--library", filled)
    assert result.exit_code == 65
    assert "littrack index rebuild" in result.stderr
    assert ids(run("search", "residual", "--library", filled, "--mode", "lexical", "--json"))


def test_similar_takes_an_id_a_file_standard_input_and_a_text(
    run: Run, filled: Path, tmp_path: Path
) -> None:
    found = ids(run("similar", "arXiv:1706.03762v5", "--library", filled, "--json"))
    assert "1706.03762" not in found
    assert len(found) == 3
    draft = tmp_path / "draft.md"
    draft.write_text("图像识别 残差网络", "utf-8")
    for wanted in (str(draft), "图像识别 残差网络", "-"):
        result = run("similar", wanted, "--library", filled, "--json", input="残差网络 图像识别")
        assert ids(result)[0] == "1512.03385"


def test_similar_takes_several_examples_and_counterexamples(run: Run, filled: Path) -> None:
    asked = ("similar", "1706.03762", "--also", "2201.11903", "--library", filled, "--json")
    found = ids(run(*asked))
    assert set(found) == {"1512.03385", "2303.18223"}
    without = ids(run(*asked, "--not", "2303.18223"))
    assert without == ["1512.03385"]
    liked, disliked = "image classifiers", "large language models reasoning"
    first = ids(run("similar", liked, "--library", filled, "--json", "--not", disliked))[0]
    assert first == "1512.03385"
    last = ids(run("similar", disliked, "--library", filled, "--json", "--not", liked))[-1]
    assert last == "1512.03385"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("search", "?! 。"), 65, "no word to search for"),
        (("similar", "2301.00001"), 65, "holds no paper 2301.00001"),
        (("similar", "absent.md"), 65, "no such file"),
        (("similar", "a text", "--not", "2301.00001"), 65, "holds no paper 2301.00001"),
        (("similar", "a text", "--also", "?!"), 65, "no word to compare"),
        (("search", "x", "--sort", "rank"), 2, "--sort"),
        (("show", "2301.00001"), 65, "holds no paper 2301.00001"),
        (("show", "banana"), 65, "not an arXiv identifier"),
        (("search", "x", "-n", "0"), 2, "--limit"),
        (("search", "x", "-n", "ten"), 2, "--limit"),
        (("search", "x", "--mode", "magic"), 2, "hybrid"),
        (("search", "x", "--since", "2023-13"), 2, "write 2023, 2023-05 or 2023-05-17"),
        (("search", "x", "--until", "0000"), 2, "no date"),
        (("search", "x", "--as-of", "yesterday"), 2, "write 2023, 2023-05 or 2023-05-17"),
        (("search", "x", "--since", "2023", "--until", "2022"), 2, "--since"),
        (("search", "x", "--category", "CL"), 2, "cs.CL"),
        (("search", "x", "--kind", "note"), 2, "notes come with a later version"),
        (("search", "x", "--json", "--jsonl"), 2, "exclude each other"),
        (("search", "x", "--format", "xml"), 2, "--format"),
        (("search",), 2, "QUERY"),
    ],
)
def test_mistakes_end_with_their_code_and_one_message(
    run: Run, filled: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = run(*arguments, "--library", filled)
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert result.stdout == ""


def test_a_binary_file_is_no_text(run: Run, filled: Path, tmp_path: Path) -> None:
    (tmp_path / "image.bin").write_bytes(b"\xff\xfe\x00\x80")
    result = run("similar", tmp_path / "image.bin", "--library", filled)
    assert result.exit_code == 65
    assert "UTF-8" in result.stderr


def test_show_prints_a_page_or_one_object(run: Run, filled: Path) -> None:
    page = run("show", "1706.03762", "--library", filled).stdout
    assert page.startswith("Attention Is All You Need\n")
    assert "https://arxiv.org/abs/1706.03762" in page
    found = json.loads(run("show", "1706.03762", "--library", filled, "--json").stdout)
    assert found["authors"] == ["Ashish Vaswani"]
    assert found["categories"] == ["cs.CL", "cs.LG"]
    assert found["embedded"] is True
    lines = run("show", "1706.03762", "--library", filled, "--jsonl").stdout.splitlines()
    assert [json.loads(line)["title"] for line in lines] == ["Attention Is All You Need"]
