"""What the tests with other people's clients share."""

import subprocess
from dataclasses import dataclass

import pytest
from programs import NODE, PROJECT, Program

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
