"""Worker processes: results, invalid input, timeouts, deaths and the end of the pool."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import psutil
import pytest
from stancewire.data.errors import InputError
from stancewire.serving.pool.errors import JobError, JobFailed, PoolClosed, TimedOut, WorkerDied
from stancewire.serving.pool.pool import Pool

# What a job says is what happens to its process. `die-once` leaves a file that says that it died.
HANDLER = """
import os, signal, time
from pathlib import Path
from stancewire.data.errors import InputError

def load(name, folder):
    if name == "invalid":
        raise InputError("is not a model", where="x", hint="train one")
    if name == "dies":
        os._exit(3)
    def handle(job):
        if job == "die" or (job == "die-once" and not Path(folder, "died").exists()):
            Path(folder, "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if job == "hang":
            while True:
                pass
        if job == "invalid":
            raise InputError("no text", where="a.txt", hint="write one")
        if job == "fail":
            raise KeyError("secret words of the text")
        if isinstance(job, float):
            time.sleep(job)
        if job == "threads":
            return {k: os.environ.get(k) for k in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
        if job == "pid":
            return os.getpid()
        return [job, name]
    return handle, {"name": name, "pid": os.getpid()}
"""
Open = Callable[..., Pool]


@pytest.fixture
def handlers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module with the handler above, which worker processes can import."""
    (tmp_path / "pool_handlers.py").write_text(HANDLER, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return "pool_handlers:load"


@pytest.fixture
def opened(handlers: str, tmp_path: Path) -> Iterator[Open]:
    pools: list[Pool] = []

    def open_(workers: int = 1, name: str = "m") -> Pool:
        pools.append(Pool(handlers, {"name": name, "folder": str(tmp_path)}, workers))
        assert pools[-1].wait_until_ready()["name"] == name
        return pools[-1]

    yield open_
    for pool in pools:
        pool.kill()


def _gone(pid: int, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_each_job_gets_its_own_result_from_several_processes(opened: Open) -> None:
    pool = opened(2)
    assert len(set(pool.pids)) == 2 and os.getpid() not in pool.pids
    futures = [pool.submit(f"job {n} \ud800 é") for n in range(50)]
    assert [f.result(30) for f in futures] == [[f"job {n} \ud800 é", "m"] for n in range(50)]
    assert pool.pending == 0 and pool.replaced == 0


def test_workers_use_one_thread_and_the_environment_of_the_caller_stays(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert os.environ["OMP_NUM_THREADS"] == "7"
    threads = opened().submit("threads").result(30)
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert threads["OPENBLAS_NUM_THREADS"] == "1"


def test_invalid_input_is_an_input_error_and_the_process_stays(opened: Open) -> None:
    pool = opened()
    pids = pool.pids
    with pytest.raises(InputError, match=r"a.txt: no text \(write one\)"):
        pool.submit("invalid").result(30)
    with pytest.raises(JobFailed, match=r"^KeyError$"):
        pool.submit("fail").result(30)
    assert pool.submit("x").result(30) == ["x", "m"]
    assert pool.pids == pids


def test_a_computation_that_takes_too_long_is_ended_and_its_worker_replaced(opened: Open) -> None:
    pool = opened()
    [pid] = pool.pids
    hanging, after = pool.submit("hang", timeout=0.5), pool.submit("x")
    with pytest.raises(TimedOut, match=r"took longer than 0.5 s"):
        hanging.result(30)
    assert after.result(60) == ["x", "m"]
    assert _gone(pid), "the computation goes on"
    assert pool.replaced == 1 and pool.pids != [pid]


def test_the_job_of_a_killed_worker_is_tried_again(opened: Open) -> None:
    pool = opened()
    assert pool.submit("die-once").result(60) == ["die-once", "m"]
    assert pool.replaced == 1


def test_a_job_that_kills_two_workers_is_reported_and_the_others_are_done(opened: Open) -> None:
    pool = opened(2)
    futures = [pool.submit("die" if n == 3 else n) for n in range(10)]
    with pytest.raises(WorkerDied, match="SIGKILL: killed, or out of memory"):
        futures[3].result(60)
    assert [f.result(60)[0] for n, f in enumerate(futures) if n != 3] == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert pool.replaced == 2


def test_a_worker_that_is_killed_between_jobs_is_replaced(opened: Open) -> None:
    pool = opened()
    os.kill(pool.pids[0], signal.SIGKILL)
    assert pool.submit("x").result(60) == ["x", "m"]


def test_a_stopped_worker_is_ended_too(opened: Open) -> None:
    pool = opened()
    [pid] = pool.pids
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(TimedOut):
        pool.submit("x", timeout=0.3).result(60)
    assert _gone(pid)


def test_signals_of_the_terminal_do_not_reach_the_jobs(opened: Open) -> None:
    pool = opened()
    future = pool.submit(1.0)
    time.sleep(0.2)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(pool.pids[0], number)
    assert future.result(30) == [1.0, "m"]


def test_closing_finishes_what_was_accepted(opened: Open) -> None:
    pool = opened(2)
    futures, pids = [pool.submit(0.1) for _ in range(8)], pool.pids
    pool.close()
    assert all(f.done() and f.result()[0] == 0.1 for f in futures)
    assert all(_gone(pid) for pid in pids)
    with pytest.raises(PoolClosed):
        pool.submit("x")


def test_killing_ends_everything_at_once(opened: Open) -> None:
    pool = opened()
    futures: list[Future[object]] = [pool.submit("hang"), pool.submit("x")]
    [pid], began = pool.pids, time.monotonic()
    time.sleep(0.2)
    pool.kill()
    for future in futures:
        with pytest.raises(PoolClosed):
            future.result(1)
    assert _gone(pid) and time.monotonic() - began < 10


def test_a_waiting_job_can_be_cancelled(opened: Open) -> None:
    pool = opened()
    first, second = pool.submit(0.5), pool.submit("x")
    assert second.cancel()
    assert first.result(30) == [0.5, "m"]
    assert pool.submit("y").result(30) == ["y", "m"] and pool.pending == 0


def test_a_loader_that_fails_leaves_no_process(opened: Open) -> None:
    with pytest.raises(InputError, match=r"x: is not a model \(train one\)"):
        opened(2, "invalid")
    with pytest.raises(WorkerDied, match="exit code 3"):
        opened(1, "dies")


def test_a_pool_that_is_killed_while_it_starts_leaves_no_process(handlers: str, tmp_path: Path) -> None:
    pool = Pool(handlers, {"name": "m", "folder": str(tmp_path)}, 2)
    future = pool.submit("x")
    pool.kill()
    with pytest.raises((PoolClosed, WorkerDied)):
        future.result(1)
    assert all(_gone(worker) for worker in _forked())


def _forked() -> list[int]:
    """The worker processes of this process, which are forked from the server that multiprocessing keeps."""
    servers = [p for p in psutil.Process().children() if "multiprocessing.forkserver" in str(p.cmdline())]
    return [worker.pid for server in servers for worker in server.children()]


def test_a_process_that_cannot_be_started_is_a_job_error(
    handlers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr("stancewire.serving.pool.pool.WorkerProcess", refuse)
    pool = Pool(handlers, {"name": "m", "folder": str(tmp_path)}, 1)
    with pytest.raises(JobError, match="no process can be started: Resource temporarily unavailable"):
        pool.submit("x").result(30)
    with pytest.raises(JobError, match="no process can be started"):
        pool.wait_until_ready()


def test_workers_end_in_the_middle_of_a_job_when_their_parent_is_killed(
    handlers: str, tmp_path: Path
) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from stancewire.serving.pool.pool import Pool\n"
        "pool = Pool('pool_handlers:load', {'name': 'm', 'folder': sys.argv[1]}, 1)\n"
        "pool.wait_until_ready(); pool.submit('hang')\n"
        "print(*pool.pids, flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert _gone(pid)
