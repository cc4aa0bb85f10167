"""NVIDIA's tritonclient[http] against the backend."""

import numpy as np
import pytest
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

MODEL = "tandem-mini"


class BearerToken(triton.InferenceServerClientPlugin):
    """Puts the server's token into every request."""

    def __init__(self, headers):
        self._headers = headers

    def __call__(self, request):
        request.headers = {**(request.headers or {}), **self._headers}


@pytest.fixture
def client(backend):
    with triton.InferenceServerClient(backend.address, concurrency=4) as client:
        client.register_plugin(BearerToken(backend.headers))
        yield client


def inputs(binary, **tensors):
    """One INT64 or FP32 tensor for each array."""
    made = []
    for name, values in tensors.items():
        values = np.asarray(values)
        values = values.astype(np.float32 if values.dtype.kind == "f" else np.int64)
        datatype = "FP32" if values.dtype == np.float32 else "INT64"
        tensor = triton.InferInput(name, list(values.shape), datatype)
        made.append(tensor.set_data_from_numpy(values, binary_data=binary))
    return made


GREEDY = {"input_ids": [[20, 21, 2]], "num_beams": [1], "max_length": [12], "min_length": [8]}


def test_server_and_model_tell_of_themselves(client):
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(MODEL)
    assert client.is_model_ready(MODEL, "1")
    assert not client.is_model_ready("other")
    server = client.get_server_metadata()
    assert {"binary_tensor_data", "model_repository"} <= set(server["extensions"])
    model = client.get_model_metadata(MODEL)
    assert {"name": "input_ids", "datatype": "INT64", "shape": [-1, -1]} in model["inputs"]
    assert {"name": "scores", "datatype": "FP32", "shape": [-1, -1]} in model["outputs"]


@pytest.mark.parametrize("sends_binary", [True, False])
@pytest.mark.parametrize("takes_binary", [True, False])
def test_generates_the_same_in_binary_and_json(client, sends_binary, takes_binary):
    names = ("sequences", "lengths", "scores")
    wanted = [triton.InferRequestedOutput(name, binary_data=takes_binary) for name in names]
    result = client.infer(MODEL, inputs(sends_binary, **GREEDY), outputs=wanted, request_id="a")
    expected = client.infer(MODEL, inputs(True, **GREEDY))
    assert result.get_response()["id"] == "a"
    assert result.as_numpy("sequences").dtype == np.int64
    assert result.as_numpy("scores").dtype == np.float32
    for name in names:
        np.testing.assert_array_equal(result.as_numpy(name), expected.as_numpy(name))
    assert 8 <= result.as_numpy("lengths")[0, 0] <= 11


def test_answers_a_batch_with_beams_and_log_probabilities(client):
    rows = {
        "input_ids": [[20, 21, 2], [30, 2, 0]],
        "attention_mask": [[1, 1, 1], [1, 1, 0]],
        "num_beams": [4, 4],
        "max_length": [10, 10],
        "length_penalty": [0.65, 1.0],
        "output_logprobs": [1, 1],
    }
    result = client.infer(MODEL, inputs(True, **rows))
    sequences, scores = result.as_numpy("sequences"), result.as_numpy("scores")
    assert sequences.shape[:2] == scores.shape == (2, 4)
    assert result.as_numpy("logprobs").shape == sequences.shape
    assert (np.diff(scores, axis=1) <= 0).all()


def test_answers_requests_that_run_at_the_same_time(client):
    prompts = [inputs(True, **{**GREEDY, "input_ids": [[token, 2]]}) for token in range(20, 28)]
    together = [client.async_infer(MODEL, prompt) for prompt in prompts]
    alone = [client.infer(MODEL, prompt) for prompt in prompts]
    for request, expected in zip(together, alone, strict=True):
        answer = request.get_result()
        np.testing.assert_array_equal(answer.as_numpy("sequences"), expected.as_numpy("sequences"))


def test_takes_timeout_priority_and_tenant(client):
    prompt = inputs(True, **GREEDY)
    client.infer(MODEL, prompt, timeout=30_000_000, priority=1, parameters={"tenant": "anna"})


def test_says_when_a_deadline_has_passed(client):
    with pytest.raises(InferenceServerException, match="deadline") as refusal:
        client.infer(MODEL, inputs(True, **GREEDY), timeout=1)
    assert refusal.value.status() == "504"


def test_finds_a_model_whose_name_has_a_slash(client):
    assert client.is_model_ready("org/third")
    assert client.get_model_metadata("org/third")["name"] == "org/third"
    assert client.infer("org/third", inputs(True, **GREEDY)).get_response()["model_name"] == "org/third"


def test_loads_and_unloads(client):
    def states():
        index = client.get_model_repository_index()
        return {model["name"]: model["state"] for model in index}

    assert states() == {MODEL: "READY", "second": "READY", "org/third": "READY"}
    client.unload_model("second")
    assert states()["second"] == "UNAVAILABLE"
    assert not client.is_model_ready("second")
    with pytest.raises(InferenceServerException, match="not loaded"):
        client.infer("second", inputs(True, **GREEDY))
    client.load_model("second")
    assert client.is_model_ready("second")
    with pytest.raises(InferenceServerException, match="Unknown field"):
        client.load_model("second", config="{}")


def wrong(change):
    return {**GREEDY, **change}


@pytest.mark.parametrize(
    "model, tensors, status, message",
    [
        ("other", GREEDY, "404", 'Unknown model "other"'),
        (MODEL, wrong({"input_ids": [[9_999_999]]}), "400", "is no token id"),
        (MODEL, wrong({"num_beams": [0]}), "400", "num_beams"),
        (MODEL, wrong({"typical_p": [1]}), "400", 'Unknown input "typical_p"'),
        (MODEL, wrong({"length_penalty": [1]}), "400", "the model takes FP32"),
    ],
)
def test_says_what_is_wrong(client, model, tensors, status, message):
    with pytest.raises(InferenceServerException, match=message) as refusal:
        client.infer(model, inputs(True, **tensors))
    assert refusal.value.status() == status


def test_is_let_in_by_the_token_alone(client):
    client.unregister_plugin()
    assert client.is_server_live()
    with pytest.raises(InferenceServerException, match="token") as refusal:
        client.infer(MODEL, inputs(True, **GREEDY))
    assert refusal.value.status() == "401"
