"""The backend held to its own OpenAPI description, by a fuzzer that reads it."""

import subprocess
import sys
from pathlib import Path

import requests

HERE = Path(__file__).parent
UNLOAD = "/unload$"
EXAMPLES_PER_OPERATION = 50


def fuzz(backend, folder, *options):
    token = [f"--header={name}: {value}" for name, value in backend.headers.items()]
    command = [sys.executable, "-m", "schemathesis.cli", f"--config-file={HERE / 'schemathesis.toml'}"]
    limits = [f"--max-examples={EXAMPLES_PER_OPERATION}", "--phases=examples,coverage,fuzzing", "--seed=1", "--no-color"]
    run = subprocess.run(
        [*command, "run", f"{backend.url}/openapi.json", *token, *limits, *options],
        capture_output=True,
        text=True,
        timeout=180,
        # It leaves files where it runs.
        cwd=folder,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_answers_as_it_says(backend, tmp_path):
    fuzz(backend, tmp_path, f"--exclude-path-regex={UNLOAD}")


def test_unloads_as_it_says(backend, tmp_path):
    fuzz(backend, tmp_path, f"--include-path-regex={UNLOAD}")
    load = requests.post(f"{backend.url}/v2/repository/models/tandem-mini/load", headers=backend.headers, timeout=60)
    assert load.status_code == 200
