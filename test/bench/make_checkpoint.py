"""Makes a checkpoint of a BlenderBot's exact shape with random weights, in Hugging Face's layout.

    python make_checkpoint.py --shape 3b --format bin --dtype fp16 OUT

Needs torch. The same seed gives the same weights. One tensor at a time is in memory; torch.save, which wants all of
them, gets them from a mapped file. As in the real files, pytorch_model.bin holds the embedding several times.

The weights' scales keep generation alive: every layer adds about as much to the hidden state as it received, the
best token has a probability of about a tenth, and the last normalisation has random signs, because with a tied
embedding the likeliest token would otherwise be the one just written.
"""

import argparse
import json
import math
import os
import tempfile
from pathlib import Path

import torch

SHAPES = json.loads(Path(__file__).with_name("shapes.json").read_text())
DTYPES = {"fp32": torch.float32, "fp16": torch.float16}
SAFETENSORS_DTYPES = {torch.float32: "F32", torch.float16: "F16"}
LOGIT_DEVIATION = 3


def config_of(shape):
    encoder_layers, decoder_layers = shape["layers"]
    small = shape["family"] == "blenderbot-small"
    name = "BlenderbotSmallForConditionalGeneration" if small else "BlenderbotForConditionalGeneration"
    config = {
        "model_type": shape["family"],
        "architectures": [name],
        "vocab_size": shape["vocabulary"],
        "max_position_embeddings": shape["positions"],
        "d_model": shape["d_model"],
        "encoder_layers": encoder_layers,
        "decoder_layers": decoder_layers,
        "encoder_attention_heads": shape["heads"],
        "decoder_attention_heads": shape["heads"],
        "encoder_ffn_dim": shape["ffn"],
        "decoder_ffn_dim": shape["ffn"],
        "activation_function": "gelu",
        "scale_embedding": True,
        "tie_word_embeddings": True,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "decoder_start_token_id": 1,
    }
    recommended = {
        "num_beams": 10,
        "length_penalty": 0.65,
        "min_length": 20,
        "max_length": 128 if small else 60,
        "no_repeat_ngram_size": 3,
        **({} if small else {"encoder_no_repeat_ngram_size": 3}),
        "forced_eos_token_id": 2,
    }
    tokens = {name: value for name, value in config.items() if name.endswith("_token_id")}
    return config, {**tokens, **recommended}


def tensors_of(shape):
    """Name, shape and (mean, deviation) of every parameter that is stored once."""
    d, ffn, small = shape["d_model"], shape["ffn"], shape["family"] == "blenderbot-small"
    encoder_layers, decoder_layers = shape["layers"]
    last_norm = f"model.decoder.layers.{decoder_layers - 1}.final_layer_norm" if small else "model.decoder.layer_norm"

    def linear(name, inputs, outputs):
        yield f"{name}.weight", [outputs, inputs], (0, 1 / math.sqrt(inputs))
        yield f"{name}.bias", [outputs], (0, 0.1)

    def layer_norm(name):
        yield f"{name}.weight", [d], (0, 1) if name == last_norm else (1, 0.1)
        yield f"{name}.bias", [d], (0, 0.1)

    def attention(name):
        for part in ("k_proj", "v_proj", "q_proj", "out_proj"):
            yield from linear(f"{name}.{part}", d, d)

    yield "final_logits_bias", [1, shape["vocabulary"]], (0, 0.1)
    yield "model.shared.weight", [shape["vocabulary"], d], (0, LOGIT_DEVIATION / math.sqrt(d))
    for side, layers in (("encoder", encoder_layers), ("decoder", decoder_layers)):
        yield f"model.{side}.embed_positions.weight", [shape["positions"], d], (0, 1)
        for layer in range(layers):
            prefix = f"model.{side}.layers.{layer}"
            for block in ("self_attn", "encoder_attn") if side == "decoder" else ("self_attn",):
                yield from attention(f"{prefix}.{block}")
                yield from layer_norm(f"{prefix}.{block}_layer_norm")
            yield from linear(f"{prefix}.fc1", d, ffn)
            yield from linear(f"{prefix}.fc2", ffn, d)
            yield from layer_norm(f"{prefix}.final_layer_norm")
        yield from layer_norm(f"model.{side}.layernorm_embedding" if small else f"model.{side}.layer_norm")


def random_tensors(shape, dtype, seed):
    """The parameters one after the other: name, tensor."""
    generator = torch.Generator().manual_seed(seed)
    for name, size, (mean, deviation) in tensors_of(shape):
        yield name, torch.randn(size, generator=generator).mul_(deviation).add_(mean).to(dtype)


def write_safetensors(path, shape, dtype, seed):
    header, end = {}, 0
    for name, size, _ in tensors_of(shape):
        begin, end = end, end + math.prod(size) * dtype.itemsize
        header[name] = {"dtype": SAFETENSORS_DTYPES[dtype], "shape": size, "data_offsets": [begin, end]}
    encoded = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    encoded += b" " * (-len(encoded) % 8)
    with open(path, "wb") as file:
        file.write(len(encoded).to_bytes(8, "little") + encoded)
        for _, tensor in random_tensors(shape, dtype, seed):
            file.write(tensor.numpy().data)


def write_pytorch_bin(path, shape, dtype, seed):
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".mapped-") as mapped:
        mapped.truncate(sum(math.prod(size) for _, size, _ in tensors_of(shape)) * dtype.itemsize)
        state, offset = {}, 0
        for name, tensor in random_tensors(shape, dtype, seed):
            place = map_tensor(mapped.name, offset, tensor)
            offset += tensor.numel() * dtype.itemsize
            state[name] = place
        embedding = state["model.shared.weight"]
        # Two more copies, and one name that shares the first one's storage.
        for side in ("encoder", "decoder"):
            state[f"model.{side}.embed_tokens.weight"] = embedding.clone()
        state["lm_head.weight"] = embedding
        torch.save(state, path)


def map_tensor(path, offset, tensor):
    """The tensor's values in a storage of its own, which lives in the file."""
    import numpy

    values = tensor.numpy()
    place = numpy.memmap(path, values.dtype, "r+", offset, values.shape)
    place[:] = values
    return torch.from_numpy(place)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--shape", choices=SHAPES, default="400m-distill")
    parser.add_argument("--format", choices=["safetensors", "bin"], default="safetensors")
    parser.add_argument("--dtype", choices=DTYPES, default="fp32")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    shape, dtype = SHAPES[options.shape], DTYPES[options.dtype]
    options.out.mkdir(parents=True, exist_ok=True)
    write, name = {
        "safetensors": (write_safetensors, "model.safetensors"),
        "bin": (write_pytorch_bin, "pytorch_model.bin"),
    }[options.format]
    write(options.out / name, shape, dtype, options.seed)
    config, generation_config = config_of(shape)
    torch_dtype = {"torch_dtype": "float16" if dtype is torch.float16 else "float32"}
    # The configuration comes last: a folder that has one is complete.
    for file, content in (("generation_config.json", generation_config), ("config.json", config | torch_dtype)):
        (options.out / file).write_text(json.dumps(content, indent=2) + "\n")
    print(f"{options.out / name}: {os.path.getsize(options.out / name)} bytes")


if __name__ == "__main__":
    main()
