"""Corpora on the hub, simulated by a local server: publishing, loading, and a hub that does not answer."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from stancewire.data.annotation.corpus import corpus_digest
from stancewire.data.formats.hugging_face import write_dataset
from stancewire.data.schema import Article


class Hub(BaseHTTPRequestHandler):
    """The part of the hub's interface that publishing and loading a dataset needs, with files in memory."""

    files: dict[str, bytes]
    uploads: dict[str, bytes]
    commit = "0" * 40

    def log_message(self, *_: Any) -> None:
        pass

    def _send(self, body: bytes | dict[str, Any] | list[Any], status: int = 200, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)

    def _entry(self, name: str) -> dict[str, Any]:
        raw = self.files[name]
        return {"type": "file", "path": name, "size": len(raw), "oid": hashlib.sha1(raw).hexdigest()}

    def _send_tree(self, folder: str, recursive: bool) -> None:
        names = [n for n in self.files if n.startswith(folder)]
        inside = {n for n in names if recursive or "/" not in n[len(folder) :]}
        folders = {folder + n[len(folder) :].split("/")[0] for n in names if "/" in n[len(folder) :]}
        if folder and not names:
            self._missing("EntryNotFound")
            return
        entries = [self._entry(n) for n in sorted(inside)]
        self._send(entries + [{"type": "directory", "path": n, "oid": "1"} for n in sorted(folders)])

    def _missing(self, code: str) -> None:
        self._send({"error": "not found"}, 404, X_Error_Code=code)

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if path.startswith("/datasets/me/mine/resolve/"):
            name = path.split("/", 6)[6]
            if name not in self.files:
                self._missing("EntryNotFound")
            else:
                raw = self.files[name]
                self._send(raw, ETag=f'"{hashlib.sha1(raw).hexdigest()}"', X_Repo_Commit=self.commit)
        elif path.startswith("/api/datasets/me/mine/tree/"):
            folder = "".join(f"{x}/" for x in path.split("/")[7:])
            self._send_tree(folder, "recursive=true" in self.path.lower())
        elif path == "/api/datasets/me/mine" or path.startswith("/api/datasets/me/mine/revision/"):
            names = [{"rfilename": n} for n in self.files]
            self._send({"id": "me/mine", "sha": self.commit, "siblings": names, "private": False, "tags": []})
        else:
            self._missing("RepoNotFound")

    do_HEAD = do_GET

    def do_PUT(self) -> None:
        self.uploads[self.path.rpartition("/")[2]] = self.rfile.read(int(self.headers["Content-Length"]))
        self._send({})

    def do_POST(self) -> None:
        path, raw = urlsplit(self.path).path, self.rfile.read(int(self.headers["Content-Length"] or 0))
        if path == "/api/repos/create":
            self._send(
                {"url": f"http://{self.headers['Host']}/datasets/me/mine", "name": "me/mine", "id": "me/mine"}
            )
        elif path == "/api/validate-yaml":
            self._send({"errors": [], "warnings": []})
        elif "/preupload/" in path:
            asked = json.loads(raw)["files"]
            answer = [
                {
                    "path": f["path"],
                    "uploadMode": "lfs" if f["path"].endswith(".parquet") else "regular",
                    "shouldIgnore": False,
                    "oid": None,
                }
                for f in asked
            ]
            self._send({"files": answer})
        elif path.endswith("/info/lfs/objects/batch"):
            server = f"http://{self.headers['Host']}"
            objects = [
                {**x, "actions": {"upload": {"href": f"{server}/upload/{x['oid']}", "header": {}}}}
                for x in json.loads(raw)["objects"]
            ]
            self._send({"transfer": "basic", "objects": objects})
        elif "/commit/" in path:
            for line in raw.splitlines():
                one = json.loads(line)
                if one["key"] == "lfsFile":
                    self.files[one["value"]["path"]] = self.uploads[one["value"]["oid"]]
                if one["key"] == "file":
                    self.files[one["value"]["path"]] = base64.b64decode(one["value"]["content"])
            type(self).commit = hashlib.sha1(repr(sorted(self.files)).encode()).hexdigest()
            self._send(
                {
                    "commitUrl": f"http://{self.headers['Host']}/datasets/me/mine/commit/{self.commit}",
                    "commitOid": self.commit,
                }
            )
        elif "/paths-info/" in path:
            asked = json.loads(raw)["paths"] if raw.startswith(b"{") else []
            self._send([self._entry(n) for n in asked if n in self.files])
        else:
            self._missing("RepoNotFound")


@pytest.fixture
def hub() -> Iterator[str]:
    handler = type("OneHub", (Hub,), {"files": {}, "uploads": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def run(tmp_path: Path, root: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run Python code in a new process, because the library reads its environment when it is imported."""

    def code(text: str, endpoint: str) -> subprocess.CompletedProcess[str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING"))}
        # Xet is the hub's own storage; without it files go through the Git LFS interface.
        own = {
            "HF_HUB_DISABLE_XET": "1",
            "HF_ENDPOINT": endpoint,
            "HF_HOME": str(tmp_path / "hf"),
            "HF_TOKEN": "hf_none",
        }
        command = [sys.executable, "-c", text]
        return subprocess.run(
            command, capture_output=True, text=True, env=inherited | own, cwd=tmp_path, timeout=120
        )

    return code


READ = """
import sys, time
from stancewire.data.annotation.corpus import read_corpus, corpus_digest
from stancewire.data.errors import InputError
started = time.monotonic()
for name in {names}:
    try:
        print(corpus_digest(read_corpus([name])))
    except InputError as error:
        print("error:", error)
print("seconds", time.monotonic() - started)
"""


def test_a_corpus_survives_the_round_trip_through_the_hub(
    hub: str, run: Callable[..., subprocess.CompletedProcess[str]], tiny: list[Article], tmp_path: Path
) -> None:
    write_dataset(tmp_path / "mine", tiny)
    push = "import datasets; datasets.load_dataset('mine').push_to_hub('me/mine')"
    pushed = run(push, hub)
    assert pushed.returncode == 0, pushed.stderr
    result = run(READ.format(names=["hf:me/mine", "hf:me/mine@main", "hf:me/other", "hf:me/x/y"]), hub)
    digest, again, missing, malformed, _ = result.stdout.splitlines()
    assert digest == again == corpus_digest(tiny), result.stderr
    assert missing.startswith("error: hf:me/other: no such dataset, or it is private (check the name")
    assert malformed == "error: hf:me/x/y: not the name of a dataset (hf:owner/name)"
    assert result.stderr == ""


def test_a_dead_hub_is_one_clear_error_within_seconds(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    silent = socket.create_server(("127.0.0.1", 0))  # accepts connections and never answers
    with silent, socket.create_server(("127.0.0.1", 0)) as closed:
        free = closed.getsockname()[1]
        closed.close()
        for port in (free, silent.getsockname()[1]):
            started = time.monotonic()
            result = run(READ.format(names=["hf:me/mine"]), f"http://127.0.0.1:{port}")
            line, seconds = result.stdout.splitlines()
            assert line.startswith(f"error: hf:me/mine: http://127.0.0.1:{port} does not answer"), line
            assert (
                "HF_HUB_OFFLINE=1" in line
                and float(seconds.split()[1]) < 30
                and time.monotonic() - started < 60
            )
