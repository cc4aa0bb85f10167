"""`tandem model export`: its repository against stock ONNX Runtime and Triton's own schema, and a real Triton behind the edge."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnxruntime
import openai
import pytest
from google.protobuf import text_format
from programs import NODE, PROJECT, Program, free_port
from triton_server import TritonServer, with_python_backend


def triton_schema():
    """Triton's own description of config.pbtxt. By its file: the package around it does not go with kserve in one process."""
    path = Path(find_spec("tritonclient").origin).with_name("grpc") / "model_config_pb2.py"
    spec = spec_from_file_location("model_config_pb2", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


model_config_pb2 = triton_schema()
MODEL = "tandem-mini"
TYPES = {"tensor(int64)": "TYPE_INT64", "tensor(float)": "TYPE_FP32"}
NUMPY_TYPES = {"TYPE_INT64": np.int64, "TYPE_FP32": np.float32}
MESSAGES = [{"role": "user", "content": "Hello! How are you?"}]


@pytest.fixture(scope="module")
def exported(compiled_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported") / "triton"
    command = [NODE, "infra/cli.ts", "model", "export", compiled_model, folder, "--device", "cpu"]
    subprocess.run([*command, "--max-batch-size", "4"], cwd=PROJECT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def config(exported):
    text = (exported / "models" / MODEL / "config.pbtxt").read_text()
    # Refuses a field that Triton's schema has not.
    return text_format.Parse(text, model_config_pb2.ModelConfig())


@pytest.fixture(scope="module")
def session(exported):
    return onnxruntime.InferenceSession(str(exported / "models" / MODEL / "1" / "model.onnx"))


@pytest.fixture(scope="module")
def triton(exported, tmp_path_factory):
    folder = tmp_path_factory.mktemp("triton")
    server = TritonServer(with_python_backend(exported / "models", folder / "models"), free_port(), folder / "log")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def edge_url(triton, tmp_path_factory):
    """The edge alone, before Triton."""
    home = tmp_path_factory.mktemp("tandem")
    environment = {"TANDEM_HOME": str(home), "EDGE_PORT": str(free_port())}
    program = Program("infra/cli.ts", "up", "--backend", triton.url, "--state", str(home), environment=environment)
    try:
        program.wrote("Ctrl-C stops everything.")
        yield f"http://127.0.0.1:{environment['EDGE_PORT']}"
    finally:
        exit_code = program.stop()
    assert exit_code == 0


def tensors_of(config_tensors):
    return {tensor.name: (model_config_pb2.DataType.Name(tensor.data_type), list(tensor.dims)) for tensor in config_tensors}


def tensors_of_graph(arguments):
    """Without the batch's dimension; −1 for one of any size."""
    dims = {argument.name: [size if isinstance(size, int) else -1 for size in argument.shape[1:]] for argument in arguments}
    return {argument.name: (TYPES[argument.type], dims[argument.name]) for argument in arguments}


def test_the_config_names_the_graphs_tensors(config, session):
    assert tensors_of(config.input) == tensors_of_graph(session.get_inputs())
    assert tensors_of(config.output) == tensors_of_graph(session.get_outputs())
    assert config.max_batch_size == 4
    assert config.HasField("dynamic_batching")


def test_the_warm_up_runs_in_stock_onnx_runtime(config, exported, session):
    (warmup,) = config.model_warmup
    folder = exported / "models" / MODEL / "warmup"
    feeds = {}
    for name, tensor in warmup.inputs.items():
        datatype = NUMPY_TYPES[model_config_pb2.DataType.Name(tensor.data_type)]
        data = np.frombuffer((folder / tensor.input_data_file).read_bytes(), datatype)
        feeds[name] = data.reshape([warmup.batch_size, *tensor.dims])
    outputs = dict(zip([output.name for output in session.get_outputs()], session.run(None, feeds)))
    assert outputs["lengths"].min() >= 1


def test_triton_batches_what_the_edge_asks_and_answers_as_the_graph_does(triton, edge_url, edge):
    through_triton = openai.OpenAI(base_url=f"{edge_url}/v1", api_key="none", max_retries=0)
    through_tandem = openai.OpenAI(base_url=f"{edge.url}/v1", api_key=edge.key, max_retries=0)
    for extra in ({}, {"n": 2, "extra_body": {"use_beam_search": True, "num_beams": 4}}, {"temperature": 0.9, "seed": 7, "logprobs": True}):
        ours, theirs = [
            client.chat.completions.create(model=MODEL, messages=MESSAGES, **extra)
            for client in (through_tandem, through_triton)
        ]
        assert [choice.message.content for choice in theirs.choices] == [choice.message.content for choice in ours.choices]
        assert theirs.usage == ours.usage


def test_a_repository_is_not_written_over_something_else(compiled_model, tmp_path):
    (tmp_path / "mine").write_text("keep")
    command = [NODE, "infra/cli.ts", "model", "export", compiled_model, tmp_path]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "no earlier export" in done.stderr
    assert (tmp_path / "mine").read_text() == "keep"


def ask(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return recorded(response)
    except urllib.error.HTTPError as error:
        return recorded(error)


def recorded(response):
    text = response.read().decode()
    return {"status": response.status, "contentType": response.headers["content-type"], "body": text}


RECORDINGS = PROJECT / "test" / "edge" / "backends" / "triton-answers.json"


def test_the_recorded_answers_are_tritons(triton, session):
    """What test/edge/backends/triton.test.ts replays. RECORD_TRITON=1 writes the file anew."""
    inputs = {i.name: i for i in session.get_inputs()}
    values = {"input_ids": [300, 301, 2], "attention_mask": [1, 1, 1]}
    numbers = {"num_beams": 2, "num_return_sequences": 2, "max_length": 8, "forced_eos_token_id": 2, "length_penalty": 1.0}
    numbers |= {"repetition_penalty": 1.0, "temperature": 1.0, "top_p": 1.0}

    def tensor(name, argument):
        datatype = "INT64" if argument.type == "tensor(int64)" else "FP32"
        if name in values:
            return {"name": name, "datatype": datatype, "shape": [1, len(values[name])], "data": values[name]}
        if len(argument.shape) == 2 and argument.shape[1] == 1:
            return {"name": name, "datatype": datatype, "shape": [1, 1], "data": [numbers.get(name, 0)]}
        shape = [1, *([2, 0] if name == "uniforms" else [0] * (len(argument.shape) - 1))]
        return {"name": name, "datatype": datatype, "shape": shape, "data": []}

    request = {"id": "r", "inputs": [tensor(*item) for item in inputs.items()]}

    def changed(name, **fields):
        tensors = [{**t, **fields} if t["name"] == name else t for t in request["inputs"]]
        return {**request, "inputs": tensors}

    infer = f"{triton.url}/v2/models/{MODEL}/infer"
    answers = {
        "reply": ask(infer, request),
        "unknown model": ask(f"{triton.url}/v2/models/another/infer", request),
        "wrong shape": ask(infer, changed("num_beams", shape=[1])),
        "wrong datatype": ask(infer, changed("num_beams", datatype="FP32")),
        "too many rows": ask(infer, {**request, "inputs": [{**t, "shape": [9, *t["shape"][1:]], "data": t["data"] * 9} for t in request["inputs"]]}),
        "no object": ask(infer, "{"),
        "failed run": ask(infer, changed("input_ids", data=[300, 90_000, 2])),
    }
    if os.environ.get("RECORD_TRITON"):
        RECORDINGS.write_text(json.dumps(answers, indent=2) + "\n")
    assert answers == json.loads(RECORDINGS.read_text())
