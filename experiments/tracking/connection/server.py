"""A tracking server, checked before MLflow uses it: MLflow would retry for minutes."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from ....data.errors import InputError
from .addresses import redacted, server_address

CONNECT_SECONDS = 5.0
# A busy server may take several seconds for its first answer.
ANSWER_SECONDS = 12.0
_LOCAL = "start it, or unset MLFLOW_TRACKING_URI to use a local mlflow.db"
T = TypeVar("T")


def check_listening(uri: str) -> None:
    """Check that a server accepts connections.

    Raises:
        InputError: the address is not valid, or nothing listens there.
    """
    try:
        socket.create_connection(server_address(uri), timeout=CONNECT_SECONDS).close()
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name with a label over 63 characters
        raise InputError(
            f"the tracking server does not answer: {redacted(str(error))}", where=redacted(uri), hint=_LOCAL
        ) from None


def check_mlflow(uri: str) -> None:
    """Check that a server is an MLflow server that answers.

    Raises:
        InputError: it is silent, refuses access, or is another program.
    """
    from mlflow.utils.credentials import get_default_host_creds
    from mlflow.utils.rest_utils import http_request

    def ask() -> Any:
        credentials = get_default_host_creds(uri.rstrip("/"))  # type: ignore[no-untyped-call]
        return http_request(  # type: ignore[no-untyped-call]
            credentials,
            "/version",
            "GET",
            timeout=2 * ANSWER_SECONDS,  # `within` stops it earlier, with a better message
            max_retries=0,
            raise_on_status=False,
        )

    where = redacted(uri)
    answer = within(ANSWER_SECONDS, ask, where)
    if answer.status_code in (401, 403):
        raise InputError(
            f"the tracking server refuses access (HTTP {answer.status_code})",
            where=where,
            hint="set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN",
        )
    if answer.status_code != 200 or not re.fullmatch(r"\d+\.\d+\S{0,30}", answer.text.strip()):
        raise InputError(
            f"this server is not an MLflow tracking server (HTTP {answer.status_code} for /version)",
            where=where,
            hint="check the address; `mlflow server` starts one",
        )


def within(seconds: float, function: Callable[[], T], where: str) -> T:
    """The result of a function that asks the server.

    In a thread, because a server that sends a byte now and then never exceeds the timeouts of sockets.

    Raises:
        InputError: there is no result in time, or the connection failed.
    """
    results: list[T] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            results.append(function())
        except Exception as error:  # raised again in the calling thread
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if results:
        return results[0]
    if errors:
        from .failures import store_error

        raise store_error(errors[0], where) from None
    raise InputError(
        f"the tracking server accepts connections but does not answer within {seconds:.0f} s",
        where=where,
        hint="restart it, or unset MLFLOW_TRACKING_URI to use a local mlflow.db",
    )
