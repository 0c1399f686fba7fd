"""Studies at addresses: the same bytes as in a folder, also over S3's protocol; what is refused, what stays secret."""

import contextlib
import importlib.util
import logging
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import equipoise
from equipoise.errors import EquipoiseError, InputError, OutputError, StudyError
from equipoise.futures import place
from equipoise.futures.folder import Folder
from equipoise.futures.place import Here, Store, file_at, is_place, place_of
from situations import duel

fsspec = pytest.importorskip("fsspec", reason="an address needs the package fsspec")

SCENARIO = duel({"patrons.north.values.cost": [0.0, 0.1]})
FUTURES = 49_152
"""Three whole batches."""
ASKED = {"futures": FUTURES, "workers": 1, "additions": False}
SMALL = {"futures": 64, "workers": 1, "additions": False}
HERE = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "hidden", "AWS_DEFAULT_REGION": "us-east-1"}


def held(folder):
    """Return the bytes of every file of a study."""
    return {name: folder.place.read(name, 1 << 40) for name in folder.place.names()}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """What a run writes into a folder."""
    found = tmp_path_factory.mktemp("alone") / "s"
    equipoise.run(SCENARIO, out=found, **ASKED)
    return held(Folder(found))


@pytest.fixture(scope="module")
def server():
    """A server that speaks S3's protocol, with an empty bucket."""
    if not all(map(importlib.util.find_spec, ("s3fs", "moto", "flask", "flask_cors"))):
        pytest.skip("S3 needs the packages s3fs, moto[s3], flask and flask-cors")
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    started = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (HERE | {"AWS_ENDPOINT_URL": f"http://{host}:{port}"}).items():
            patch.setenv(name, value)
        fsspec.filesystem("s3").mkdir("bucket")
        yield started
    started.stop()


def free_port():
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


@pytest.fixture(scope="module")
def google():
    """A server that speaks Google Cloud Storage's protocol, with an empty bucket."""
    if not all(map(importlib.util.find_spec, ("gcsfs", "gcp_storage_emulator"))):
        pytest.skip("Google Cloud Storage needs the packages gcsfs and gcp-storage-emulator")
    from gcp_storage_emulator.server import create_server

    port = free_port()
    started = create_server("127.0.0.1", port, in_memory=True, default_bucket="bucket")
    started.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
        patch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # asks what the emulator does not know
        patch.setitem(fsspec.config.conf, "gs", {"token": "anon"})
        yield started
    started.stop()


@pytest.fixture(scope="module")
def azure():
    """A server that speaks Azure's protocol, with an empty container; its key is the one that all emulators have."""
    if importlib.util.find_spec("adlfs") is None or shutil.which("azurite-blob") is None:
        pytest.skip("Azure needs the package adlfs and the emulator azurite-blob (npm install -g azurite)")
    port, name = free_port(), "devstoreaccount1"
    key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    asked = ["--inMemoryPersistence", "--skipApiVersionCheck", "--silent", "--blobPort", str(port)]
    started = subprocess.Popen(
        [shutil.which("azurite-blob"), *asked], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            "AZURE_STORAGE_CONNECTION_STRING",
            f"DefaultEndpointsProtocol=http;AccountName={name};AccountKey={key};BlobEndpoint=http://127.0.0.1:{port}/{name};",
        )
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        fsspec.filesystem("az").mkdir("bucket")
        yield started
    started.kill()
    started.wait()


STORES = {"s3": "server", "gs": "google", "az": "azure"}


@pytest.fixture(params=["memory", "local", *STORES])
def address(request, tmp_path):
    """A new place: in this process's memory, moved to like a folder, or on a server."""
    if request.param in STORES:
        request.getfixturevalue(STORES[request.param])
    at = {"memory": f"{tmp_path.name}/s", "local": f"{tmp_path}/s"}
    return f"{request.param}://{at.get(request.param, f'bucket/{tmp_path.name}')}"


def test_an_address_holds_the_same_bytes_as_a_folder(address, alone):
    study = equipoise.run(SCENARIO, out=address, **ASKED)
    assert isinstance(study.folder.place, Store) and study.folder.path == address
    assert held(study.folder) == alone
    assert Folder(address).faults() == []
    again = equipoise.open_study(address)
    assert again.summary == study.summary and len(again.outcomes) == len(study.outcomes)


def test_what_was_cut_off_at_an_address_is_taken_up(address, alone, monkeypatch):
    folder = Folder(address)
    for name, content in alone.items():
        if name not in ("batches/part-00001.json", "outcomes/part-00001.parquet", "summary.json"):
            folder.place.write(name, content)
    written = []
    plain = Folder.write
    monkeypatch.setattr(Folder, "write", lambda *a: written.append(a[2].number) or plain(*a))
    equipoise.run(SCENARIO, out=address, **ASKED)
    assert written == [1] and held(folder) == alone


def test_what_is_damaged_at_an_address_is_refused_by_its_name(address):
    equipoise.run(SCENARIO, out=address, **SMALL)
    there = Folder(address).place
    part = "outcomes/part-00000.parquet"
    content = there.read(part, 1 << 30)
    there.write(part, content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(StudyError, match=rf"{address}/{part} is damaged: it has changed"):
        _ = equipoise.open_study(address).outcomes
    there.write(part, content + b"more")
    with pytest.raises(StudyError, match=rf"{part} is damaged: it has {len(content) + 4:,} bytes where"):
        _ = equipoise.open_study(address).outcomes
    there.write("note.txt", b"mine")
    faults = equipoise.verify(address)["faults"]
    assert len(faults) == 2 and f"{address}/note.txt was not written by this study" in faults
    with pytest.raises(StudyError, match="holds a study with futures = 64, not 128"):
        equipoise.run(SCENARIO, out=address, **SMALL | {"futures": 128})


def test_a_report_is_written_where_the_study_lies(server):
    address = "s3://bucket/reported"
    study = equipoise.run(SCENARIO, out=address, futures=64, workers=1)
    assert set(study.analyses) >= {"trace", "brief"}
    page = study.folder.place.read("report.html", 1 << 30)
    assert equipoise.report(address)["report"] == f"{address}/report.html"
    assert study.folder.place.read("report.html", 1 << 30) == page and b"</html>" in page
    assert equipoise.report(address, f"{address}-elsewhere/page.html", brief=True)["report"].endswith(
        "page.html"
    )
    assert place_of(f"{address}-elsewhere").names() == ["page.html"]
    assert study.folder.faults() == []
    with pytest.raises(InputError, match="no folder on this machine"):
        equipoise.export(address)


def test_what_holds_something_else_is_no_new_place(address):
    place_of(address).write("a/note.txt", b"mine")
    with pytest.raises(StudyError, match=f"{address} is not empty and holds no study"):
        equipoise.run(SCENARIO, out=address, **SMALL)
    for asked in (equipoise.open_study, equipoise.verify):
        with pytest.raises(StudyError, match=f"{address} holds no study: there is no study.json in it"):
            asked(address)


def test_a_sweep_and_a_comparison_take_addresses(address):
    asked = {"set_": {"dynamics.fade": [0.02, 0.1]}, "futures": 64, "workers": 1}
    first = equipoise.sweep(SCENARIO, out=address, **asked)
    assert Folder(address).names("points") == ["points/00000.json", "points/00001.json"]
    assert equipoise.sweep(SCENARIO, out=address, **asked) == first
    equipoise.run(SCENARIO, out=f"{address}-run", **SMALL)
    found = equipoise.compare(f"{address}-run", set_={"dynamics.fade": 0.1}, workers=1)
    assert found["futures"] == 64


def test_a_store_sees_what_others_have_changed(server):
    """What it remembers of a listing or a size would make a study of what was there before."""
    mine, others = place_of("s3://bucket/seen"), fsspec.filesystem("s3", skip_instance_cache=True)
    mine.write("a/one", b"1")
    assert mine.names() == ["a/one"] and mine.size("a/one") == 1
    others.pipe_file("bucket/seen/a/two", b"22")
    others.pipe_file("bucket/seen/a/one", b"111")
    assert mine.names("a") == ["a/one", "a/two"] and mine.size("a/one") == 3
    others.rm_file("bucket/seen/a/one")
    assert mine.size("a/one") is None and mine.read("a/one", 9) is None


def played(where):
    """Start the same run in a process of its own."""
    code = (
        "import sys, equipoise\nfrom futures.test_place import ASKED, SCENARIO\n"
        "equipoise.run(SCENARIO, out=sys.argv[1], **ASKED)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    return subprocess.Popen([sys.executable, "-c", code, where], env=environment)


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of Unix")
def test_a_process_killed_on_the_way_leaves_whole_batches_and_workers_take_it_up(server, alone):
    """It is killed when its first batch has come; a cluster of two processes writes the rest."""
    pytest.importorskip("distributed", reason="a cluster needs the package distributed")
    where = "s3://bucket/killed"
    there = place_of(where)
    process = played(where)
    deadline = time.monotonic() + 60
    while not there.names("batches"):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = held(Folder(where))
    assert "summary.json" not in left and left.items() <= alone.items() | {
        ("hashes.json", left["hashes.json"])
    }
    with pytest.raises(StudyError, match="no finished study"):
        equipoise.open_study(where)
    equipoise.run(SCENARIO, out=where, futures=FUTURES, cluster="local:2", additions=False)
    assert held(Folder(where)) == alone


@pytest.mark.long
def test_two_processes_at_one_address_leave_what_one_does(server, alone):
    where = "s3://bucket/two"
    both = [played(where), played(where)]
    assert [process.wait(120) for process in both] == [0, 0]
    equipoise.run(SCENARIO, out=where, **ASKED)  # enters again what one may have taken from the other's list
    assert held(Folder(where)) == alone


def test_a_store_that_is_lost_on_the_way_ends_the_run_and_says_where(monkeypatch):
    plain, asked = Store._path, []

    def lost(store, name):
        asked.append(name)
        if name.startswith("weekly/part-00001"):
            raise ConnectionResetError("the connection of me:pass%20word@ was lost, pass word")
        return plain(store, name)

    monkeypatch.setattr(Store, "_path", lost)
    with pytest.raises(OutputError) as caught:
        equipoise.run(SCENARIO, out="memory://me:pass%20word@lost/s", **ASKED)
    assert str(caught.value) == (
        "memory://lost/s/weekly/part-00001.parquet cannot be written: the connection of … was lost, …"
    )
    assert caught.value.__cause__ is None  # which would print the secret


@pytest.mark.usefixtures("undrawn")
def test_no_secret_of_an_address_is_shown_or_kept():
    secret = "memory://ann:h1dden@shelf/secret"
    study = equipoise.run(SCENARIO, out=secret, futures=64, workers=1)
    assert str(study.folder.path) == study.folder.place.at() == "memory://shelf/secret"
    assert b"h1dden" not in b"".join(held(study.folder).values())
    assert "h1dden" not in repr(study) + repr(vars(study.folder)) + str(equipoise.report(study))
    for wrong in (
        secret + "s",
        "file://ann:h1dden@host/x",
        "q://ann:h1dden@host/x?y",
        "memory://ann:h1dden@",
    ):
        with pytest.raises(EquipoiseError) as caught:
            equipoise.open_study(wrong)
        assert "h1dden" not in str(caught.value)


def test_an_address_travels_to_a_worker_whole_and_nothing_else_does():
    """With its user and password, which it needs there; the store's package and its errors are the worker's own."""
    store = place_of("memory://ann:h1dden@shelf/s")
    there = pickle.loads(pickle.dumps(store))
    assert vars(there) == {name: value for name, value in vars(store).items() if name != "_found"}
    assert there._address == "memory://ann:h1dden@shelf/s"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("s4://bucket/x", "no kind of store is called s4://"),
        ("memory://", "KIND://PLACE"),
        ("memory://a?b", "KIND://PLACE"),
        ("simplecache::memory://a/b", "KIND://PLACE"),
        ("file://host/x", "on another machine"),
    ],
)
def test_what_is_no_address_of_a_study_is_refused(given, says):
    for asked in (lambda: equipoise.run(SCENARIO, out=given, **SMALL), lambda: equipoise.open_study(given)):
        with pytest.raises(InputError, match=says):
            asked()


def test_a_kind_that_writes_nothing_whole_is_refused():
    pytest.importorskip("aiohttp", reason="http:// is read by aiohttp and requests")
    pytest.importorskip("requests", reason="http:// is read by aiohttp and requests")
    with pytest.raises(InputError, match="http:// cannot hold a study: it neither"):
        equipoise.open_study("http://host/x")


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ossfs", None)
    with pytest.raises(InputError, match=r"oss://b/s cannot be opened: .*ossfs"):
        equipoise.open_study("oss://b/s")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(InputError, match=r"pip install 'equipoise\[remote\]'"):
        equipoise.open_study("memory://b/s")


def test_what_s3_refuses_is_said_with_the_address(server, monkeypatch):
    with pytest.raises(
        OutputError, match=r"s3://nowhere/s/study\.json cannot be written: .*bucket does not exist"
    ):
        equipoise.run(SCENARIO, out="s3://nowhere/s", **SMALL)
    for name in HERE:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    fsspec.filesystem("s3").clear_instance_cache()
    with pytest.raises(
        InputError, match=r"s3://bucket/none/study\.json cannot be (read|written): .*credentials"
    ):
        equipoise.run(SCENARIO, out="s3://bucket/none", **SMALL)
    fsspec.filesystem("s3").clear_instance_cache()


def test_a_path_stays_a_path(tmp_path):
    """`file://` is one, and neither asks for fsspec."""
    for given in (
        tmp_path / "s",
        str(tmp_path / "s"),
        f"file://{tmp_path}/s",
        f"file://localhost{tmp_path}/s",
    ):
        assert isinstance(place_of(given), Here) and place_of(given).at() == tmp_path / "s"
    assert place_of(f"file://{tmp_path}/a%20b").at() == tmp_path / "a b"
    assert is_place(tmp_path) and not is_place(tmp_path / "s") and is_place("s3://b/s") and not is_place(None)
    where, name = file_at(tmp_path / "page.html")
    assert where.at(name) == tmp_path / "page.html"
    code = (
        "import sys, equipoise\n"
        "equipoise.run('two-valleys', futures=64, workers=1, out=sys.argv[1], additions=False)\n"
        "equipoise.open_study(sys.argv[1]).outcomes\nassert 'fsspec' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "s")], check=True)


def test_a_page_is_whole_or_not_at_all(tmp_path, monkeypatch):
    write = Here(tmp_path).writer("report.html")
    write("before")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OutputError, match=r"report\.html cannot be written: full"):
        write("after")
    assert [(item.name, item.read_text()) for item in tmp_path.iterdir()] == [("report.html", "before")]


def test_where_nothing_is_put_whole_it_is_moved(tmp_path, monkeypatch):
    """A kill between the writing and the moving leaves what was there, and an unfinished file that counts for none."""
    there = place_of(f"local://{tmp_path}/s")
    there.write("a.json", b"before")
    monkeypatch.setattr(type(there.system()), "mv", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        there.write("a.json", b"after")
    assert there.read("a.json", 99) == b"before" and there.names() == ["a.json"]
    assert len(list((tmp_path / "s").iterdir())) == 2 and "local" not in place.PUTS_WHOLE
