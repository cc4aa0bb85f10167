"""OpenAI's client for Python against the edge."""

import openai
import pytest

MODEL = "tandem-mini"
MESSAGES = [
    {"role": "system", "content": "i am a baker. i live in lisbon."},
    {"role": "user", "content": "What do you do for a living?"},
]


@pytest.fixture
def client(edge):
    return openai.OpenAI(base_url=f"{edge.url}/v1", api_key=edge.key, max_retries=0)


def complete(client, **parameters):
    return client.chat.completions.create(model=MODEL, messages=MESSAGES, **parameters)


def test_a_completion_is_read(client):
    completion = complete(client)
    assert "bak" in completion.choices[0].message.content.lower()
    assert completion.choices[0].finish_reason == "stop"
    usage = completion.usage
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def test_a_stream_is_the_same_reply(client):
    whole = complete(client)
    chunks = list(complete(client, stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].usage == whole.usage


def test_logprobs_are_read(client):
    content = complete(client, logprobs=True).choices[0].logprobs.content
    assert all(token.logprob <= 0 for token in content)
    assert "".join(bytes(token.bytes).decode() for token in content) == "".join(token.token for token in content)


def test_a_seed_repeats(client):
    def draw():
        return complete(client, temperature=1.5, seed=3, n=2, extra_body={"top_k": 40})

    assert [c.message.content for c in draw().choices] == [c.message.content for c in draw().choices]


def test_completions_are_read_of_texts_and_of_ids(client):
    answer = client.post("/tokenize", body={"prompt": "Hello!"}, cast_to=object)
    completion = client.completions.create(model=MODEL, prompt=["Hello!", "Hello!"], logprobs=0)
    assert completion.choices[0].text == completion.choices[1].text
    of_ids = client.completions.create(model=MODEL, prompt=answer["tokens"])
    assert of_ids.choices[0].text == completion.choices[0].text


def test_models_are_listed(client):
    assert [model.id for model in client.models.list()] == [MODEL]


def test_mistakes_are_exceptions_of_their_class(edge, client):
    with pytest.raises(openai.BadRequestError) as refused:
        complete(client, presence_penalty=1)
    assert (refused.value.code, refused.value.param) == ("unsupported_parameter", "presence_penalty")
    assert refused.value.request_id
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-5")
    mistyped = edge.key[:-1] + ("a" if edge.key[-1] != "a" else "b")
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key=mistyped).models.list()


def test_a_quota_is_read_and_waited_for(edge, client):
    limited = client.with_options(api_key=edge.limited_key(requests=1, seconds=2))
    first = limited.chat.completions.with_raw_response.create(model=MODEL, messages=MESSAGES)
    assert first.headers["x-ratelimit-limit-requests"] == "1"
    assert first.headers["x-ratelimit-remaining-requests"] == "0"
    with pytest.raises(openai.RateLimitError) as refused:
        complete(limited)
    assert int(refused.value.response.headers["retry-after"]) > 0
    assert complete(limited.with_options(max_retries=2)).choices


def test_it_may_give_up_and_come_back(client):
    with pytest.raises(openai.APITimeoutError):
        complete(client, timeout=0.001)
    with complete(client, stream=True) as stream:
        next(iter(stream))
    assert complete(client).choices
