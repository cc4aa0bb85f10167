"""Hugging Face's client for Python against the edge."""

import pytest
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError, InferenceTimeoutError, ValidationError

MESSAGES = [{"role": "user", "content": "Hello! Do you have any pets?"}]


@pytest.fixture
def client(edge):
    return InferenceClient(base_url=f"{edge.url}/v1", api_key=edge.key)


@pytest.fixture
def model_client(edge):
    return InferenceClient(model=f"{edge.url}/models/tandem-mini", token=edge.key)


def test_a_chat_completion_is_read_whole_and_streamed(client):
    whole = client.chat_completion(MESSAGES)
    assert whole.choices[0].message.content
    assert whole.usage.total_tokens > 1
    chunks = client.chat_completion(MESSAGES, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content


def test_text_is_generated_at_a_models_address(model_client):
    text = model_client.text_generation("Hello there!", max_new_tokens=30, do_sample=False)
    assert text.strip()


def test_a_mistake_is_told(client, model_client):
    with pytest.raises(HfHubHTTPError, match="presence_penalty"):
        client.chat_completion(MESSAGES, presence_penalty=1)
    with pytest.raises(ValidationError, match="The message is empty"):
        model_client.text_generation(" ")


def test_a_used_up_quota_is_told(edge):
    limited = InferenceClient(base_url=f"{edge.url}/v1", api_key=edge.limited_key(requests=1, seconds=60))
    limited.chat_completion(MESSAGES)
    with pytest.raises(HfHubHTTPError, match="quota of requests") as refused:
        limited.chat_completion(MESSAGES)
    assert refused.value.response.status_code == 429


def test_it_may_give_up(edge):
    hasty = InferenceClient(base_url=f"{edge.url}/v1", api_key=edge.key, timeout=0.001)
    with pytest.raises(InferenceTimeoutError):
        hasty.chat_completion(MESSAGES)
