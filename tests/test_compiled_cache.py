"""Compiled code never outlives a change of the sources it came from."""

from pathlib import Path

from equipoise.compiled_cache import drop_stale


def _room(folder: Path) -> Path:
    (folder / "__pycache__").mkdir()
    (folder / "caller.py").write_text("from callee import f\n")
    (folder / "callee.py").write_text("def f(): return 1\n")
    return folder


def test_compiled_code_is_kept_while_no_source_changes(tmp_path: Path):
    room = _room(tmp_path)
    assert drop_stale(room)
    compiled = room / "__pycache__" / "caller.f-1.py311.nbc"
    compiled.write_bytes(b"x")
    assert not drop_stale(room)
    assert compiled.exists()


def test_a_changed_callee_drops_its_callers_too(tmp_path: Path):
    room = _room(tmp_path)
    drop_stale(room)
    compiled = [room / "__pycache__" / name for name in ("caller.f-1.py311.nbi", "caller.f-1.py311.1.nbc")]
    for file in compiled:
        file.write_bytes(b"x")
    (room / "callee.py").write_text("def f(): return 2\n")
    assert drop_stale(room)
    assert not any(file.exists() for file in compiled)


def test_a_folder_without_compiled_code_is_no_error(tmp_path: Path):
    (tmp_path / "only.py").write_text("")
    assert drop_stale(tmp_path)
    assert not drop_stale(tmp_path)


def test_a_change_in_another_folder_that_is_named_drops_the_compiled_functions(tmp_path: Path):
    room, other = tmp_path / "room", tmp_path / "other"
    room.mkdir()
    other.mkdir()
    (other / "constants.py").write_text("LIMIT = 1")
    assert drop_stale(room, other)
    compiled = room / "__pycache__" / "caller.f-1.py311.nbi"
    compiled.write_text("")
    assert not drop_stale(room, other)
    (other / "constants.py").write_text("LIMIT = 2")
    assert drop_stale(room, other)
    assert not compiled.exists()


def test_what_is_compiled_in_the_other_folder_is_dropped_too(tmp_path: Path):
    room, other = tmp_path / "room", tmp_path / "other"
    for folder in (room, other):
        (folder / "__pycache__").mkdir(parents=True)
    (room / "called.py").write_text("LIMIT = 1")
    drop_stale(room, other)
    caller = other / "__pycache__" / "caller.f-1.py311.1.nbc"
    caller.write_text("")
    assert not drop_stale(room, other)
    assert caller.exists()
    (room / "called.py").write_text("LIMIT = 2")
    assert drop_stale(room, other)
    assert not caller.exists()


def test_a_change_in_a_folder_that_is_only_read_drops_the_compiled_functions_and_none_of_its_own(
    tmp_path: Path,
):
    room, other = tmp_path / "room", tmp_path / "other"
    for folder in (room, other):
        (folder / "__pycache__").mkdir(parents=True)
    (other / "constants.py").write_text("LIMIT = 1")
    drop_stale(room, read=(other,))
    compiled = [folder / "__pycache__" / "caller.f-1.py311.nbi" for folder in (room, other)]
    for file in compiled:
        file.write_text("")
    assert not drop_stale(room, read=(other,))
    (other / "constants.py").write_text("LIMIT = 2")
    assert drop_stale(room, read=(other,))
    assert [file.exists() for file in compiled] == [False, True]
