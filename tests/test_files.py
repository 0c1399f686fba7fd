"""Writing files: whole or not at all, beside other writers, and said plainly where it cannot be done."""

import errno
import os
import subprocess
import sys
import threading

import pytest

from equipoise import files
from equipoise.errors import InputError, OutputError


def left_over(folder):
    return list(folder.rglob(f"*{files.ENDING}"))


def test_a_file_is_there_when_all_of_it_is_written_and_not_before(tmp_path):
    target = tmp_path / "page.html"
    target.write_text("before")
    with files.writing(target) as file:
        file.write(b"half")
        assert target.read_text() == "before"
        file.write(b" and whole")
    assert target.read_text() == "half and whole" and not left_over(tmp_path)


def test_what_fails_half_way_leaves_what_was_there(tmp_path):
    target = tmp_path / "page.html"
    target.write_text("before")
    with pytest.raises(ZeroDivisionError), files.writing(target) as file:
        file.write(b"half" * (1 // 0))
    assert target.read_text() == "before" and not left_over(tmp_path)


def test_threads_that_write_one_file_leave_one_whole_text_and_nothing_else(tmp_path):
    target, texts = tmp_path / "report.html", [f"{n}" * 100_000 for n in range(8)]
    wrong = []

    def write(text):
        try:
            for _ in range(20):
                files.write_text(target, text)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        files.clear_partial(tmp_path)  # what is being written is no left-over
    assert not wrong and target.read_text() in texts and not left_over(tmp_path)


def test_what_a_killed_writer_left_is_cleared_and_what_another_writes_is_not(tmp_path):
    """The writer is another process; while it holds its file that stays, once it was killed it goes."""
    writer = (
        "import sys\nfrom pathlib import Path\nfrom equipoise import files\n"
        "with files.writing(Path(sys.argv[1])) as file:\n"
        "    file.write(b'half'); file.flush(); print('writing', flush=True); sys.stdin.read()"
    )
    inner = tmp_path / "outcomes"
    inner.mkdir()
    command = [sys.executable, "-c", writer, str(inner / "part")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline() == b"writing\n"
        files.clear_partial(tmp_path)
        assert len(left_over(tmp_path)) == 1
    finally:
        process.kill()
        process.communicate()
    assert len(left_over(tmp_path)) == 1
    files.clear_partial(tmp_path)
    assert not left_over(tmp_path)


def test_what_a_killed_writer_left_beside_a_named_file_goes_when_it_is_named_again(tmp_path):
    ours, others = tmp_path / ".12-345-00c0ffee.partial", tmp_path / ".download.partial"
    for left in (ours, others):
        left.write_bytes(b"half")
    with files.writing(tmp_path / "beside") as held:
        files.writable(tmp_path / "best.yaml")
        assert not ours.exists() and others.exists() and held.name in map(str, tmp_path.iterdir())


def test_threads_that_change_a_folder_take_turns(tmp_path):
    count = tmp_path / "count"
    count.write_text("0")

    def add():
        for _ in range(50):
            with files.alone(tmp_path):
                files.write_text(count, str(int(count.read_text()) + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count.read_text() == "200"


def test_a_place_that_cannot_be_written_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    wrong = {
        tmp_path / "none" / "page": "No such file",
        tmp_path / "file" / "page": "Not a directory",
        tmp_path / "folder": "it is a folder",
        tmp_path / ("x" * 300): "too long",
        tmp_path / "nul\0": "NUL",
        "/dev/null": "device",
    }
    for path, reason in wrong.items():
        with pytest.raises(OutputError, match=reason) as refused:
            files.writable(path)
        assert str(path).replace("\0", "") in str(refused.value).replace("\\x00", "")
    assert issubclass(OutputError, InputError)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["file", "folder"]


def test_a_link_stays_and_the_file_it_names_is_written(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    files.write_text(files.writable(tmp_path / "link"), "text")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "file").read_text() == "text"


def test_a_disk_that_is_full_is_said_with_the_path(tmp_path):
    """The system refuses to write past a limit, as it does past the end of a disk."""
    target = tmp_path / "part"
    code = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom equipoise import files\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n    files.write_text(Path(sys.argv[1]), 'x' * 5000)\n"
        "except files.OutputError as error:\n    print(error)"
    )
    found = subprocess.run([sys.executable, "-c", code, str(target)], capture_output=True, text=True)
    assert found.stdout == f"{target} cannot be written: {os.strerror(errno.EFBIG)}\n", found.stderr
    assert not list(tmp_path.iterdir())
