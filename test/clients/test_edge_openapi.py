"""What the edge says of itself in openapi.json, held against what it does, by schemathesis."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import started_edge

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")

# What it means to be described right, whatever is sent. That all that fits a schema is accepted is not meant: a
# conversation has rules that no schema tells, such as whose message is the last.
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
]
# What was begun by then is ended.
SECONDS = {"public": 60, "admin": 15}
PATIENCE_SECONDS = 300


@pytest.fixture(scope="module")
def edge(tmp_path_factory):
    """One of its own: whoever has the admin token may revoke the key with which the other tests ask."""
    with started_edge(tmp_path_factory.mktemp("tandem")) as started:
        yield started


@pytest.mark.parametrize("part", ["public", "admin"])
def test_the_edge_answers_as_it_describes(part, edge, tmp_path):
    token = edge.admin_token if part == "admin" else edge.key
    command = [
        SCHEMATHESIS,
        "run",
        f"{edge.url}/openapi.json",
        "--include-path-regex" if part == "admin" else "--exclude-path-regex",
        "^/admin/",
        "--header",
        f"Authorization: Bearer {token}",
        "--checks",
        ",".join(CHECKS),
        # What is found is found again.
        "--seed",
        "1",
        "--max-time",
        str(SECONDS[part]),
        "--continue-on-failure",
        "--no-color",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
