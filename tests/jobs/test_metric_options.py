"""Options of the robustness metrics, asked of a run: known by what they make of one metric in terms of another."""

import pytest

import equipoise
from equipoise.errors import InputError


def robustness(**options):
    study = equipoise.run("two-valleys", futures=512, options=options)
    assert study.summary["asked"]["options"] == options
    return {name: found["robustness"] for name, found in study.summary["strategies"].items()}


def test_options_reach_the_metrics():
    found = robustness(alpha=1.0, aversion=0.0, share=1.0, threshold=-10.0)
    for metrics in found.values():
        assert metrics["hurwicz"] == metrics["maximin"]
        assert metrics["certainty-equivalent"] == pytest.approx(metrics["laplace"], abs=1e-12)
        assert metrics["cvar5"] == pytest.approx(metrics["laplace"], abs=1e-12)
        assert metrics["starr"] == 1
    plain = robustness()
    assert all(plain[name]["maximin"] == metrics["maximin"] for name, metrics in found.items())
    assert any(plain[name]["hurwicz"] != metrics["hurwicz"] for name, metrics in found.items())


@pytest.mark.parametrize(
    ("options", "said"), [({"beta": 1.0}, "no metric has the option 'beta'"), ({"alpha": 2.0}, "from 0 to 1")]
)
def test_what_no_metric_takes_is_refused_before_anything_is_played(options, said, tmp_path):
    with pytest.raises(InputError, match=said):
        equipoise.run("two-valleys", futures=512, options=options, out=tmp_path / "s")
    assert not (tmp_path / "s").exists()
