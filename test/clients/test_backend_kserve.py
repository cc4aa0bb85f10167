"""KServe's inference client for the Open Inference Protocol against the backend."""

import asyncio

import httpx
import numpy as np
import pytest
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput

MODEL = "tandem-mini"


def ask(backend, call):
    """The result of one coroutine that is given the client."""

    async def run():
        async with InferenceRESTClient(RESTConfig(protocol="v2")) as client:
            return await call(client)

    return asyncio.run(run())


def infer(backend, request, model=MODEL):
    return ask(backend, lambda client: client.infer(backend.url, request, model, headers=dict(backend.headers)))


def request(binary, outputs=None, **parameters):
    tensors = {"input_ids": [[20, 21, 2]], "num_beams": [1], "max_length": [12]}
    made = []
    for name, values in tensors.items():
        values = np.array(values, dtype=np.int64)
        tensor = InferInput(name, list(values.shape), "INT64")
        tensor.set_data_from_numpy(values, binary_data=binary)
        made.append(tensor)
    return InferRequest(MODEL, made, request_id="a", parameters=parameters or None, request_outputs=outputs)


def test_server_and_model_are_ready(backend):
    assert ask(backend, lambda client: client.is_server_live(backend.url))
    assert ask(backend, lambda client: client.is_server_ready(backend.url))
    for name in (MODEL, "org/third"):
        assert ask(backend, lambda client: client.is_model_ready(backend.url, name, headers=backend.headers))
    assert not ask(backend, lambda client: client.is_model_ready(backend.url, "other", headers=backend.headers))


@pytest.mark.parametrize("sends_binary", [True, False])
@pytest.mark.parametrize("takes_binary", [True, False])
def test_generates_the_same_in_binary_and_json(backend, sends_binary, takes_binary):
    response = infer(backend, request(sends_binary, binary_data_output=takes_binary))
    expected = infer(backend, request(False))
    assert response.id == "a"
    assert response.model_name == MODEL
    for output in expected.outputs:
        np.testing.assert_array_equal(response.get_output_by_name(output.name).as_numpy(), output.as_numpy())


def test_answers_the_outputs_asked_for(backend):
    outputs = [RequestedOutput("lengths", {"binary_data": True}), RequestedOutput("scores", {"binary_data": False})]
    response = infer(backend, request(True, outputs))
    assert [output.name for output in response.outputs] == ["lengths", "scores"]
    assert response.get_output_by_name("lengths").as_numpy().shape == (1, 1)


def test_says_what_is_wrong(backend):
    with pytest.raises(httpx.HTTPStatusError, match='Unknown model "other"'):
        infer(backend, request(True), "other")
    with pytest.raises(httpx.HTTPStatusError, match="Unknown parameter"):
        infer(backend, request(True, temperature=1))
