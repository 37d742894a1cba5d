"""Files: encodings are recognised, broken lines are placed, and nothing is left half-written."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.core.jsonl import atomic_open, read_jsonl, read_text, write_json, write_jsonl
from pipeline.errors import InputError

CHINESE = "截至去年底，我市已有注册商标4.3万件。\n第二行"  # by the end of last year the city had 43,000 trademarks


def test_gb18030_is_named_and_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(CHINESE.encode("gb18030"))
    with pytest.raises(InputError, match=r"E103.*gb18030.*--encoding gb18030"):
        read_text(path)
    assert read_text(path, encoding="gb18030") == CHINESE


def test_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbf" + CHINESE.encode())
    assert read_text(path) == CHINESE


@pytest.mark.parametrize(("content", "code"), [(b"", "E102"), (b" \n", "E102"), (None, "E101")])
def test_empty_and_absent_files_are_refused(tmp_path: Path, content: bytes | None, code: str) -> None:
    path = tmp_path / "a.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=code):
        read_text(path)


def test_unknown_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="E105"):
        read_text(path, encoding="utf-99")


@pytest.mark.parametrize(
    ("line", "code"),
    [(b'{"a": ', "E106"), ("{'值': 1}".encode("gb18030"), "E10"), (b"[" * 100_000, "E106")],
    ids=["cut", "gb18030", "deep"],
)
def test_a_broken_line_is_placed(tmp_path: Path, line: bytes, code: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": 1}\n' + line + b"\n")
    rows = read_jsonl(path)
    assert next(rows) == (1, {"id": 1})
    with pytest.raises(InputError, match=rf"a\.jsonl:2: \[{code}"):
        next(rows)


def test_failed_writing_leaves_the_earlier_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    write_jsonl(path, [{"a": 1}])

    def rows() -> Iterator[dict[str, int]]:
        yield {"a": 2}
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        write_jsonl(path, rows())
    assert list(read_jsonl(path)) == [(1, {"a": 1})]
    assert list(tmp_path.iterdir()) == [path]


def test_not_a_number_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "a.json", {"f1": float("nan")})
    assert not list(tmp_path.iterdir())


def test_atomic_open_gives_usual_permissions(tmp_path: Path) -> None:
    with atomic_open(tmp_path / "a.txt") as stream:
        stream.write("x")
    (tmp_path / "b.txt").write_text("x", encoding="utf-8")
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "b.txt").stat().st_mode


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 5000])
def test_what_is_no_json_number_is_placed(tmp_path: Path, number: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"score": {number}}}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.jsonl:1: \[E106\]"):
        list(read_jsonl(path))


def test_a_link_stays_a_link_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "target.jsonl").write_text("earlier", encoding="utf-8")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "target.jsonl")
    write_jsonl(tmp_path / "link.jsonl", [{"a": 1}])
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "target.jsonl").read_text(encoding="utf-8") == '{"a": 1}\n'


def test_a_device_is_written_to_and_not_replaced() -> None:
    write_jsonl(Path("/dev/null"), [{"a": 1}])
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("name", ["folder", "file/x.jsonl"])
def test_an_output_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="E107"):
        write_jsonl(tmp_path / name, [])
