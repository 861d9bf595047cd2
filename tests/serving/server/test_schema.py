"""Generated requests over the OpenAPI schema: the service never fails, and answers as the schema says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import RunningServer

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
from schemathesis import GenerationMode, checks  # noqa: E402

EXAMPLES = 40
NAMES = ["status_code_conformance", "content_type_conformance", "response_schema_conformance"]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda m: m.name.lower())
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/score"), ("POST", "/explain"), ("GET", "/health"), ("GET", "/metrics")]
)
def test_no_generated_request_makes_the_service_fail(
    method: str, path: str, mode: GenerationMode, service: RunningServer
) -> None:
    """Replies have a documented status, and the body and headers of the schema."""
    schema = schemathesis.openapi.from_url(f"{service.url}/openapi.json")
    operation = schema[path][method]
    if mode is GenerationMode.NEGATIVE and method == "GET":
        return  # there is nothing to get wrong

    @given(st.data())
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def check(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        response = case.call(timeout=60)
        assert response.status_code < 500, response.text
        case.validate_response(response, checks=checks.CHECKS.get_by_names(NAMES))

    check()
