"""The pool: jobs in, results out. One thread for each worker process waits for it, and replaces it."""

from __future__ import annotations

import json
import logging
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue
from time import monotonic
from types import TracebackType
from typing import Any, Self

from .errors import JobError, Overdue, PoolClosed, TimedOut, WorkerDied
from .process import WorkerProcess

_log = logging.getLogger("stancewire")


@dataclass(slots=True)
class _Job:
    content: bytes
    timeout: float | None
    deadline: float | None
    retries: int
    future: Future[Any] = field(default_factory=Future)


class Pool:
    """Worker processes that answer jobs. They start at once; jobs can be submitted before they are ready.

    A process that takes too long over a job is ended. One that dies (killed, out of memory) is replaced, and
    its job is tried again, by default once.

    Args:
        loader: `module:function`, called in each process; it returns a handler, called with each job, and a
            dict that describes it. Models are loaded there, by path.
        arguments: keyword arguments of the loader; JSON.
        workers: number of processes, 1 or more.

    Attributes:
        replaced: the number of processes that were replaced since the start.
    """

    def __init__(self, loader: str, arguments: dict[str, Any], workers: int) -> None:
        self._loader, self._arguments = loader, arguments
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._workers: list[WorkerProcess | None] = [None] * workers
        self._closing = self._killed = False
        self._pending = 0
        self.replaced = 0
        self._ready: list[Future[dict[str, Any]]] = [Future() for _ in range(workers)]
        self._threads = [
            threading.Thread(target=self._work, args=(n,), daemon=True, name=f"pool-{n}")
            for n in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def is_ready(self) -> bool:
        """Whether every process has called the loader."""
        return all(one.done() for one in self._ready)

    def wait_until_ready(self) -> dict[str, Any]:
        """Wait until every process has called the loader.

        Returns:
            The loader's description of the handler.

        Raises:
            InputError, JobError: the loader failed; no process is left.
        """
        try:
            about = [one.result() for one in self._ready]
            return about[0]
        except BaseException:
            self.kill()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.kill()

    @property
    def pending(self) -> int:
        """The number of jobs that are running or waiting."""
        return self._pending

    @property
    def pids(self) -> list[int]:
        """The ids of the processes."""
        return [worker.pid for worker in self._workers if worker is not None]

    def submit(self, job: Any, *, timeout: float | None = None, retries: int = 1) -> Future[Any]:
        """Add a job.

        Args:
            job: JSON.
            timeout: seconds, waiting included, after which a job that waits is not begun, and the process of
                one that runs is ended.
            retries: how often the job is tried again if its process dies.

        Returns:
            The future result. Its exception is an `InputError` if the input is invalid, otherwise a
            `JobError`. A job that waits can be cancelled.

        Raises:
            PoolClosed: the pool takes no more jobs.
        """
        deadline = None if timeout is None else monotonic() + timeout
        item = _Job(json.dumps(job).encode(), timeout, deadline, retries)
        with self._lock:
            if self._closing:
                raise PoolClosed
            self._pending += 1
            self._jobs.put(item)
        item.future.add_done_callback(self._done)
        return item.future

    def _done(self, _: Future[Any]) -> None:
        with self._lock:
            self._pending -= 1

    def close(self) -> None:
        """Finish all jobs, then end the processes."""
        self._end_threads()

    def kill(self) -> None:
        """End the processes at once; jobs without a result raise `PoolClosed`."""
        with self._lock:
            self._killed = True
            workers = [worker for worker in self._workers if worker is not None]
        for worker in workers:
            worker.kill()
        self._end_threads()

    def _end_threads(self) -> None:
        with self._lock:
            if not self._closing:
                self._closing = True
                for _ in self._threads:
                    self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    # The threads.

    def _work(self, n: int) -> None:
        """Start the process of one worker, and do jobs until there are no more."""
        try:
            self._ready[n].set_result(self._start(n))
        except Exception as error:
            self._ready[n].set_exception(error)
        while (job := self._jobs.get()) is not None:
            if job.future.set_running_or_notify_cancel():
                self._do(n, job)
        if (worker := self._workers[n]) is not None:
            worker.close()

    def _start(self, n: int) -> dict[str, Any]:
        """Start a process in the place of an earlier one.

        Raises:
            InputError, JobError: it cannot load; there is no process then.
        """
        try:
            worker = WorkerProcess(self._loader, self._arguments)
        except OSError as error:
            raise JobError(f"no process can be started: {error.strerror or error}") from None
        with self._lock:
            killed = self._killed
            if not killed:
                self._workers[n] = worker
        try:
            if killed:
                raise PoolClosed
            return worker.wait_until_ready()
        except BaseException:
            self._workers[n] = None
            worker.end()
            raise

    def _end(self, n: int) -> None:
        """End the process of one worker."""
        if (worker := self._workers[n]) is not None:
            worker.end()
            self._workers[n] = None

    def _replace(self, n: int) -> None:
        """End a process, and start another one unless the pool is being killed. An error is left to the next
        job of this worker, which tries again."""
        self._end(n)
        if self._killed:
            return
        try:
            self._start(n)
        except Exception as error:
            _log.warning("a worker cannot be replaced: %s", error)

    def _do(self, n: int, job: _Job) -> None:
        for attempt in range(job.retries + 1):
            try:
                result = self._ask(n, job)
            except WorkerDied as error:
                last = attempt == job.retries or self._killed
                self.replaced += not self._killed
                if last:
                    job.future.set_exception(PoolClosed() if self._killed else error)
                self._replace(n)
                if last:
                    return
            except TimedOut as error:
                self.replaced += 1
                self._end(n)
                job.future.set_exception(TimedOut(job.timeout or error.seconds))
                self._replace(n)
                return
            except Exception as error:
                job.future.set_exception(error)
                return
            else:
                job.future.set_result(result)
                return

    def _ask(self, n: int, job: _Job) -> Any:
        if self._killed:
            raise PoolClosed
        left = None if job.deadline is None else job.deadline - monotonic()
        if left is not None and left <= 0:
            raise Overdue(job.timeout or 0)
        if self._workers[n] is None:
            self._start(n)
        worker = self._workers[n]
        if worker is None:
            raise JobError("there is no worker")
        return worker.ask(job.content, left)
