"""Passwords are never shown, and addresses that cannot work are one line."""

from __future__ import annotations

import pytest
from stancewire.data.errors import InputError
from stancewire.experiments.tracking.connection.addresses import redacted, server_address, shown_uri


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://anna:s3cret%40pw@host:5000/x", "http://anna:***@host:5000/x"),
        (
            "postgresql+psycopg://user:S3cret@h/db?sslmode=require",
            "postgresql+psycopg://user:***@h/db?sslmode=require",
        ),
        ("https://token123@host", "https://***@host"),
        ("cannot reach 'http://a:b@h' or ftp://c:d@i", "cannot reach 'http://a:***@h' or ftp://c:***@i"),
        ("mssql://h/db?user=a&password=p%40s&x=1", "mssql://h/db?user=a&password=***&x=1"),
        ("sqlite:///mlflow.db", "sqlite:///mlflow.db"),
        ("write to anna@example.org", "write to anna@example.org"),
    ],
)
def test_passwords_in_any_uri_are_hidden(text: str, shown: str) -> None:
    assert redacted(text) == shown


@pytest.mark.parametrize("password", ["p@ss/w0rd", "s3cret%40pw", "a:b:c:d"])
def test_the_password_of_the_store_is_hidden_wherever_it_occurs(
    password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"postgresql://user:{password}@host/db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert shown_uri() == "postgresql://user:***@host/db"
    text = redacted(f"{uri}: login of user with password {password!r} failed")
    assert text == "postgresql://user:***@host/db: login of user with password '***' failed"


def test_passwords_in_environment_variables_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "abcdefgh")
    assert redacted("Authorization: Bearer abcdefgh") == "Authorization: Bearer ***"


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1:99999", "http://127.0.0.1:abc", "http://[::1", "http://", "http://u:pw@h:0"]
)
def test_a_malformed_address_is_one_line(uri: str) -> None:
    with pytest.raises(InputError, match=r"not a valid address.*HOST:PORT") as error:
        server_address(uri)
    assert "pw" not in str(error.value)


def test_the_port_of_a_server_has_a_default() -> None:
    assert server_address("https://host/x") == ("host", 443)
    assert server_address("http://[::1]:80/") == ("::1", 80)
