"""A real Triton, as NVIDIA's package pytriton brings it. It has no ONNX Runtime backend: Python's ONNX Runtime runs the graph instead."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path

START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 30

# The same graph, inputs and outputs; how it is run is all that differs from Triton's own backend.
BACKEND = """
import json
import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime
import triton_python_backend_utils as triton


class TritonPythonModel:
    def initialize(self, args):
        config = json.loads(args["model_config"])
        self.inputs = [tensor["name"] for tensor in config["input"]]
        self.outputs = [tensor["name"] for tensor in config["output"]]
        graph = os.path.join(args["model_repository"], args["model_version"], "model.onnx")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(graph, options)

    def execute(self, requests):
        return [self.answer(request) for request in requests]

    def answer(self, request):
        feeds = {name: triton.get_input_tensor_by_name(request, name).as_numpy() for name in self.inputs}
        try:
            results = self.session.run(self.outputs, feeds)
        except Exception as error:
            return triton.InferenceResponse(error=triton.TritonError(str(error)))
        return triton.InferenceResponse([triton.Tensor(*pair) for pair in zip(self.outputs, results)])
"""


def with_python_backend(exported, folder):
    """A copy of an exported model repository whose graph is run by Python's ONNX Runtime."""
    shutil.copytree(exported, folder)
    for config in folder.glob("*/config.pbtxt"):
        text = config.read_text()
        assert 'backend: "onnxruntime"\n' in text
        config.write_text(text.replace('backend: "onnxruntime"\n', 'backend: "python"\n'))
        (config.parent / "1" / "model.py").write_text(BACKEND)
    return folder


class TritonServer:
    def __init__(self, repository, port, log):
        home = Path(find_spec("pytriton").origin).parent / "tritonserver"
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        stub = home / "backends" / "python" / "triton_python_backend_stub"
        if not stub.exists():
            shutil.copy2(home / "python_backend_stubs" / version / stub.name, stub)
        self.url = f"http://127.0.0.1:{port}"
        self._log = log
        command = [home / "bin" / "tritonserver", "--model-repository", repository]
        command += ["--backend-directory", home / "backends", "--allow-grpc", "false", "--allow-metrics", "false"]
        command += ["--http-address", "127.0.0.1", "--http-port", str(port)]
        # The model's process embeds a Python, which finds its packages beside the first python3 of the PATH.
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        with log.open("w") as output:
            self._process = subprocess.Popen(
                [str(part) for part in command], env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/v2/health/ready", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        self.stop()
        raise AssertionError(f"Triton does not become ready: {self._log.read_text()[-2000:]}")

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
