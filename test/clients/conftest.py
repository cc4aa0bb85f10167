"""What the tests with other people's clients share."""

import json
import os
import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.request import Request, urlopen

import pytest
from programs import NODE, PROJECT, Program, free_port

TOKEN = "a-token-of-the-tests"


@dataclass
class Server:
    url: str
    headers: dict

    @property
    def address(self):
        """Host and port, as clients want them that add the scheme themselves."""
        return self.url.removeprefix("http://")


@pytest.fixture(scope="session")
def compiled_model(tmp_path_factory):
    """The embedded model, compiled."""
    folder = tmp_path_factory.mktemp("models") / "tandem-mini"
    command = [NODE, "infra/cli.ts", "model", "build", "models/tandem-mini", "--out", folder]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def backend(compiled_model):
    """The GPU backend with three models, "tandem-mini", "second" and "org/third", behind a token."""
    program = Program(
        "gpu-backend/main.ts",
        *("--model", f"second={compiled_model}"),
        *("--model", f"org/third={compiled_model}"),
        environment={
            "MODEL_DIR": str(compiled_model),
            "BACKEND_PORT": "0",
            "BACKEND_TOKEN": TOKEN,
            "INFERENCE_THREADS": "1",
        },
    )
    try:
        url = program.logged("listening")["url"]
        program.logged("ready")
        yield Server(url, {"Authorization": f"Bearer {TOKEN}"})
    finally:
        exit_code = program.stop()
    assert exit_code == 0


@dataclass
class Edge:
    url: str
    key: str
    admin_token: str

    def limited_key(self, requests, seconds):
        """A key with a quota of its own."""
        quota = {"limit": requests, "window_seconds": seconds}
        body = json.dumps({"kind": "secret", "limits": {"requests": quota}}).encode()
        headers = {"Authorization": f"Bearer {self.admin_token}", "Content-Type": "application/json"}
        with urlopen(Request(f"{self.url}/admin/v1/keys", data=body, headers=headers)) as made:
            return json.load(made)["key"]


@pytest.fixture(scope="session")
def edge(tmp_path_factory):
    """The edge of all tests that do no harm to it."""
    with started_edge(tmp_path_factory.mktemp("tandem")) as started:
        yield started


@contextmanager
def started_edge(home):
    """Both tiers as `npm start` starts them, with a key, which a server would have: it may ask more often."""
    environment = {
        "TANDEM_HOME": str(home),
        "EDGE_PORT": str(free_port()),
        "BACKEND_PORT": str(free_port()),
        "INFERENCE_THREADS": "1",
    }
    program = Program("infra/cli.ts", "up", "--state", str(home), environment=environment)
    try:
        program.wrote("Ctrl-C stops everything.")
        url = f"http://127.0.0.1:{environment['EDGE_PORT']}"
        make_key = [NODE, "infra/cli.ts", "keys", "create", "--url", url]
        made = subprocess.run(
            make_key, cwd=PROJECT, env={**os.environ, **environment}, check=True, capture_output=True, text=True
        )
        yield Edge(url, made.stdout.strip(), admin_token(home))
    finally:
        exit_code = program.stop()
    assert exit_code == 0


def admin_token(home):
    """What `npm start` made up for this start."""
    return re.search(r"^ADMIN_TOKEN=['\"]?([\w-]+)", (home / "edge.env").read_text(), re.MULTILINE).group(1)
