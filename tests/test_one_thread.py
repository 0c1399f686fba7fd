"""Linear algebra stays on one thread while any job asks for it, and has its threads back after the last."""

from contextlib import ExitStack

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from equipoise.one_thread import one_thread


@pytest.fixture(autouse=True)
def two():
    """Give linear algebra two threads, whatever the machine."""
    np.linalg.eigh(np.eye(2))
    with threadpool_limits(limits=2):
        yield


def threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.mark.parametrize("last", [0, 1, 2])
def test_jobs_that_overlap_keep_to_one_thread_until_the_last_ends(last):
    jobs = [ExitStack() for _ in range(3)]
    for job in jobs:
        job.enter_context(one_thread())
    for job in (one for number, one in enumerate(jobs) if number != last):
        job.close()
        assert threads() == {1}
    jobs[last].close()
    assert threads() == {2}


@one_thread()
def failing():
    assert threads() == {1}
    raise FloatingPointError


def test_a_job_that_fails_gives_the_threads_back():
    with pytest.raises(FloatingPointError):
        failing()
    assert threads() == {2}
