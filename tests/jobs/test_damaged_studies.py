"""A study is what was written or it is refused: each damage gives a StudyError that names the file."""

import io
import json
import shutil
from functools import cache

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import equipoise
from equipoise.errors import InputError, StudyError
from situations import duel

ASKED = {"futures": 256, "workers": 1}
SCENARIO = duel({"patrons.north.values.cost": [0.0, 0.1]})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two studies that differ in their seed alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("equipoise.reporting.render", lambda *_, **__: "undrawn")
        place = tmp_path_factory.mktemp("made")
        for seed in (1, 2):
            equipoise.run(SCENARIO, seed=seed, out=place / str(seed), **ASKED)
    return place


@pytest.fixture
def folder(made, tmp_path):
    shutil.copytree(made / "1", tmp_path / "study")
    return tmp_path / "study"


@pytest.fixture(autouse=True)
def drawn_nowhere(undrawn):
    pass


def use(folder):
    """Open a study and read everything of it."""
    study = equipoise.open_study(folder)
    return study.summary, study.outcomes, study.states, study.analyses


def changed(name, change):
    def damage(folder, _made):
        path = folder / name
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return name, damage


def replaced(name, content):
    def damage(folder, _made):
        (folder / name).write_bytes(content)

    return name, damage


def taken_from_another(name):
    def damage(folder, made):
        shutil.copy(made / "2" / name, folder / name)

    return name, damage


def renamed_columns(folder, _made):
    path = folder / "outcomes/part-00000.parquet"
    table = pq.read_table(path)
    swap = {"payoff": "influence", "influence": "payoff"}
    pq.write_table(table.rename_columns([swap.get(name, name) for name in table.column_names]), path)


@cache
def eight_gigabytes():
    """A small table whose one column, of a single repeated value, asks for 8 GB when it is read."""
    written, batch = io.BytesIO(), pa.table({"state": pa.array([0.0]).take(pa.array([0] * 1_000_000))})
    with pq.ParquetWriter(written, batch.schema, compression="zstd") as writer:
        for _ in range(1_000):
            writer.write_table(batch)
    return written.getvalue()


def far_too_large(folder, _made):
    (folder / "inputs/part-00000.parquet").write_bytes(eight_gigabytes())
    assert len(eight_gigabytes()) < 10_000_000


DEEP = b"[" * 200_000
DAMAGES = {
    "a changed number": changed("summary.json", lambda text: text.replace('"chance": 16', '"chance": 15')),
    "a changed ranking": changed("summary.json", lambda text: text.replace('"weeks": 20', '"weeks": 21')),
    "an edited scenario": changed("scenario.yaml", lambda text: text.replace("A duel", "A dual")),
    "a comment more": changed("scenario.yaml", lambda text: text + "# note\n"),
    "another seed asked": changed("study.json", lambda text: text.replace('"seed": 1', '"seed": 2')),
    "a key less": changed("study.json", lambda text: json.dumps({**json.loads(text), "with": None})),
    "another key": changed("study.json", lambda text: text.replace('"scenario"', '"scenaria"')),
    "an edited analysis": changed("analyses/trace.json", lambda text: text.replace("true", "false")),
    "no scenario": replaced("scenario.yaml", b""),
    "bad UTF-8": replaced("scenario.yaml", b"\xff\xfe"),
    "bad UTF-8 in JSON": replaced("study.json", b'{"\xff": 1}'),
    "deep JSON": replaced("study.json", DEEP),
    "deep JSON in the summary": replaced("summary.json", DEEP),
    "deep JSON in the hashes": replaced("hashes.json", DEEP),
    "hashes of the wrong type": replaced("hashes.json", b'{"summary.json": 3}'),
    "hashes without sizes": replaced("hashes.json", b'{"summary.json": {"sha256": "00"}}'),
    "sizes that are none": replaced("hashes.json", b'{"summary.json": {"sha256": "00", "bytes": -1}}'),
    "a list": replaced("hashes.json", b"[]"),
    "deep JSON in a batch's hashes": replaced("batches/part-00000.json", DEEP),
    "hashes of a batch of the wrong type": replaced(
        "batches/part-00000.json", b'{"inputs/part-00000.parquet": 3}'
    ),
    "outcomes of another seed": taken_from_another("outcomes/part-00000.parquet"),
    "inputs of another seed": taken_from_another("inputs/part-00000.parquet"),
    "a summary of another seed": taken_from_another("summary.json"),
    "renamed columns": ("outcomes/part-00000.parquet", renamed_columns),
    "far too large": ("inputs/part-00000.parquet", far_too_large),
    "half a table": replaced("outcomes/part-00000.parquet", b"PAR1" + b"x" * 100),
}


def test_an_undamaged_study_is_read(folder):
    summary, outcomes, states, analyses = use(folder)
    assert summary["seed"] == 1 and len(outcomes) == 3 * 256 and len(states) == 16 and "trace" in analyses


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_refused_by_the_name_of_its_file(damage, folder, made):
    name, do = DAMAGES[damage]
    before = (folder / name).read_bytes()
    do(folder, made)
    assert (folder / name).read_bytes() != before
    with pytest.raises(StudyError, match=name):
        use(folder)


def test_a_sound_study_verifies(folder):
    found = equipoise.verify(folder)
    assert (found["sound"], found["faults"]) == (True, [])
    held = [path for path in folder.rglob("*") if path.is_file()]
    assert found["files"] == len(held) - 2  # hashes.json itself, and the hashes of the one batch


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_found_when_the_study_is_verified(damage, folder, made):
    name, do = DAMAGES[damage]
    do(folder, made)
    try:
        faults = equipoise.verify(folder)["faults"]
    except StudyError as error:  # what holds the hashes, or says what the study is, cannot be read at all
        assert name in {"study.json", "hashes.json", "batches/part-00000.json"}
        faults = [str(error)]
    assert faults and all(name in fault for fault in faults)


def test_a_size_that_was_entered_otherwise_is_found_though_the_hash_is_right(folder):
    entered = folder / "batches/part-00000.json"
    size = (folder / "inputs/part-00000.parquet").stat().st_size
    entered.write_text(entered.read_text().replace(f'"bytes": {size}', f'"bytes": {size + 1}'))
    (fault,) = equipoise.verify(folder)["faults"]
    assert "inputs/part-00000.parquet is damaged: it has changed since it was written" in fault


def test_a_report_that_somebody_edited_is_found_and_written_anew(folder):
    page = folder / "report.html"
    whole = page.read_text()
    page.write_text(whole.replace("undrawn", "unpaid") if "undrawn" in whole else f"{whole} edited")
    (fault,) = equipoise.verify(folder)["faults"]
    assert f"{page} is damaged: it" in fault
    use(folder)  # nothing is read from it
    equipoise.report(folder)
    assert equipoise.verify(folder)["sound"]


def test_tables_are_held_to_the_hashes_of_their_own_batch(folder, made):
    taken_from_another("batches/part-00000.json")[1](folder, made)
    faults = equipoise.verify(folder)["faults"]
    assert len(faults) == 3 and all("parquet is damaged" in fault for fault in faults)


def test_every_file_missing_or_added_is_found_at_once(folder):
    (folder / "inputs/part-00000.parquet").unlink()
    (folder / "notes.txt").write_text("mine")
    found = equipoise.verify(folder)
    assert not found["sound"]
    first, second = found["faults"]
    assert "inputs/part-00000.parquet is damaged: it is missing" in first
    assert second == f"{folder / 'notes.txt'} was not written by this study"


@pytest.mark.parametrize(
    "name", ["scenario.yaml", "summary.json", "analyses/trace.json", "inputs/part-00000.parquet"]
)
def test_a_file_that_is_missing_is_named(name, folder):
    (folder / name).unlink()
    with pytest.raises(StudyError, match=f"{name} is damaged: it is missing"):
        use(folder)


def test_without_its_hashes_a_study_is_not_finished_and_the_run_plays_it_again(folder):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / "hashes.json").unlink()
    with pytest.raises(StudyError, match="no finished study"):
        use(folder)
    equipoise.run(SCENARIO, out=folder, **ASKED)
    assert {path: path.read_bytes() for path in before} == before


def test_a_batch_of_a_run_of_another_length_is_refused(folder):
    """What was asked was edited: the one batch that is there is longer than the run would now have it."""
    asked = (folder / "study.json").read_text().replace('"futures": 256', '"futures": 128')
    (folder / "study.json").write_text(asked)
    with pytest.raises(
        StudyError, match="it holds 768 futures under all strategies where 384 were asked for"
    ):
        equipoise.run(SCENARIO, out=folder, **{**ASKED, "futures": 128})


def test_the_run_again_mends_a_damaged_scenario(folder):
    before = (folder / "scenario.yaml").read_bytes()
    (folder / "scenario.yaml").write_text("title: another")
    equipoise.run(SCENARIO, out=folder, **ASKED)
    assert (folder / "scenario.yaml").read_bytes() == before
    use(folder)


def test_the_run_again_does_not_believe_a_table_of_another_seed(folder, made):
    shutil.copy(made / "2" / "outcomes/part-00000.parquet", folder / "outcomes/part-00000.parquet")
    with pytest.raises(StudyError, match=r"part-00000\.parquet is damaged"):
        equipoise.run(SCENARIO, out=folder, **ASKED)


def test_a_scenario_edited_under_its_title_is_another_scenario(folder):
    edited = duel({"patrons.north.values.cost": [0.0, 0.2]})
    assert equipoise.load(edited).scenario.title == equipoise.load(SCENARIO).scenario.title
    for keep in (
        lambda: equipoise.balance(edited, draws=16, study=folder),
        lambda: equipoise.optimise(edited, futures=256, study=folder),
        lambda: equipoise.game(edited, players=["north", "south"], futures=256, study=folder),
    ):
        with pytest.raises(InputError, match="another scenario"):
            keep()
    with pytest.raises(StudyError, match="scenario"):
        equipoise.run(edited, out=folder, **ASKED)
