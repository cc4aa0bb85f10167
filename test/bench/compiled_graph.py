"""A model that Tandem compiled, in Python's ONNX Runtime: the same graph, fed the same tensors."""

import json
import os
import subprocess
from pathlib import Path

# Read when onnxruntime is imported: it would tell its maker of every session.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnxruntime

PROJECT = Path(__file__).resolve().parents[2]
NUMPY_TYPES = {"int64": np.int64, "int32": np.int32, "float32": np.float32, "bool": np.bool_}


def run_node(arguments, lines=""):
    """A script of the project, under the Node that the project brings."""
    path = f"{PROJECT / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
    node = ["node", *map(str, arguments)]
    done = subprocess.run(
        node, input=lines, cwd=PROJECT, env={**os.environ, "PATH": path}, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def compile_model(checkpoint, out, precision):
    run_node(["infra/cli.ts", "model", "build", checkpoint, "--out", out, "--precision", precision, "--name", "bench"])


def feeds_for(model, requests):
    """The graph's inputs by name, for each request {"input_ids", "parameters"}."""
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    printed = run_node(["test/bench/print-feeds.ts", model], lines)
    return [
        {name: np.array(t["data"], NUMPY_TYPES[t["type"]]).reshape(t["dims"]) for name, t in json.loads(line).items()}
        for line in printed.splitlines()
    ]


def open_graph(model, providers, profile_prefix=None):
    if "CUDAExecutionProvider" in providers:
        # CUDA's libraries come with pip, outside the loader's path.
        onnxruntime.preload_dlls()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if profile_prefix is not None:
        options.enable_profiling = True
        options.profile_file_prefix = str(profile_prefix)
    return onnxruntime.InferenceSession(str(Path(model) / "model.onnx"), options, providers=providers)


def answers(session, feeds):
    """Per row the sequences, best first, without padding, and their scores."""
    outputs = dict(zip([output.name for output in session.get_outputs()], session.run(None, feeds)))
    sequences = [
        [ids[:length].tolist() for ids, length in zip(row, lengths)]
        for row, lengths in zip(outputs["sequences"], outputs["lengths"])
    ]
    return sequences, outputs["scores"].tolist()
