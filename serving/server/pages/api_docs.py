"""The documentation of the API as a page that needs no network, made from the OpenAPI schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, Response

from ....experiments.pages.page import PageKind, render_page
from ..settings import ServerSettings

if TYPE_CHECKING:
    from fastapi import FastAPI

TEMPLATES = Path(__file__).parent / "templates"
KIND = PageKind("docs.html", (TEMPLATES,), styles=("service.css",))
EXAMPLES = {
    "/score": '{"text": "Kenya accused Somalia of shelling a border town."}',
    "/explain": '{"text": "Kenya accused Somalia of shelling a border town."}',
}


def add_docs(api: FastAPI, settings: ServerSettings) -> None:
    """Add the page at `/docs`."""

    @api.get("/docs", include_in_schema=False)
    def docs() -> Response:
        schema = api.openapi()
        context = {
            "operations": _operations(schema),
            "schemas": schema["components"]["schemas"],
            "needs_token": settings.token is not None,
            "limits": settings,
        }
        return HTMLResponse(render_page(KIND, title="The API of stancewire", type_of=type_of, **context))


def _operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Path, method, texts, schemas and example of each operation."""
    found = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            found.append(
                {
                    "path": path,
                    "method": method.upper(),
                    "summary": operation["summary"],
                    "description": operation.get("description", ""),
                    "body": _name(body.get("schema", {})),
                    "replies": [
                        (code, reply["description"], _reply(reply))
                        for code, reply in sorted(operation["responses"].items())
                    ],
                    "example": EXAMPLES.get(path),
                }
            )
    return found


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _reply(reply: dict[str, Any]) -> str:
    return _name(reply.get("content", {}).get("application/json", {}).get("schema", {}))


def type_of(schema: dict[str, Any]) -> str:
    """The type of a field in words: `text or null`, `list of Record`."""
    if "$ref" in schema:
        return _name(schema)
    if "anyOf" in schema:
        return " or ".join(type_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    return {"string": "text", "boolean": "true or false", "integer": "whole number"}.get(kind, kind)
