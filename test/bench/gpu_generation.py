"""Runs the compiled graph on a GPU, side by side with transformers on the same card in the same run.

    python gpu_generation.py --shape 400m-distill --shape 3b --out results       on a machine with CUDA
    python gpu_generation.py --provider cpu --shape tiny --rows 1,2 --beams 1,4  anywhere, to see that it works

Needs requirements-gpu.txt (requirements.txt on a CPU), and `npm ci` in the project, whose compiler makes the model.
Tells tokens per second and their ratio to transformers, the share of the limit that the measured memory bandwidth
sets, and from ONNX Runtime's profile: the copies between host and device inside the loop (there must be none), the
providers that ran the nodes, the attention kernels that were chosen.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

# Read when onnxruntime is imported: it would tell its maker of every session.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime
import torch
import transformers

import compiled_graph
import make_checkpoint

PROVIDERS = {"cuda": ["CUDAExecutionProvider", "CPUExecutionProvider"], "cpu": ["CPUExecutionProvider"]}
# On a processor both compute in fp32, where tokens can be compared one by one.
PRECISIONS = {"cuda": ("fp16", torch.float16), "cpu": ("fp32", torch.float32)}
SCRIPT = Path(__file__).resolve()


def make_request(shape, rows, beams, inputs, length):
    """Recommended generation with its n-gram blocks, exactly `length` tokens long, on random prompts."""
    generator = torch.Generator().manual_seed(1000 * rows + inputs)
    prompts = torch.randint(264, shape["vocabulary"], (rows, inputs - 1), generator=generator).tolist()
    parameters = {
        "num_beams": beams,
        "min_length": length,
        "max_length": length,
        "length_penalty": 0.65,
        "no_repeat_ngram_size": 3,
        "encoder_no_repeat_ngram_size": 3,
        "forced_eos_token_id": 2,
    }
    return {"input_ids": [[*prompt, 2] for prompt in prompts], "parameters": parameters}


def prepare_model(shape, provider, folder):
    """A checkpoint with random weights and what the compiler makes of it; both are kept for the next run."""
    precision, dtype = PRECISIONS[provider]
    checkpoint, model = folder / f"{shape}-checkpoint", folder / f"{shape}-{precision}"
    if not (checkpoint / "config.json").exists():
        stored = "fp16" if dtype is torch.float16 else "fp32"
        options = ["--shape", shape, "--dtype", stored, checkpoint]
        subprocess.run([sys.executable, SCRIPT.with_name("make_checkpoint.py"), *options], check=True)
    compiled_graph.compile_model(checkpoint, model, precision)
    return checkpoint, model


def measure_bandwidth(device):
    """Bytes a second that a sum over a large tensor reads."""
    values = torch.ones(1 << (30 if device == "cuda" else 26), dtype=torch.float32, device=device)
    seconds = min(timed(lambda: values.sum().item())[0] for _ in range(10))
    return values.nbytes / seconds


def timed(run):
    """Seconds and result; whatever takes `item()` or lists out of a tensor has waited for the device."""
    started = time.perf_counter()
    result = run()
    return time.perf_counter() - started, result


def step_bytes(shape, element_bytes):
    """The weights that every step of the decoder reads: its layers but cross-attention's keys and values, the output."""
    d, ffn, layers = shape["d_model"], shape["ffn"], shape["layers"][1]
    return (layers * (6 * d * d + 2 * d * ffn) + shape["vocabulary"] * d) * element_bytes


def measure_case(request, contenders, runs):
    """Runs in turns, after one turn that warms up. Seconds and sequences by contender."""
    seconds, sequences = {name: [] for name in contenders}, {}
    for turn in range(runs + 1):
        for name, generate in contenders.items():
            taken, sequences[name] = timed(lambda: generate(request))
            if turn > 0:
                seconds[name].append(taken)
    return seconds, sequences


def profile_in_process(model, provider, request):
    """What the runtime says of one run, in a process of its own: the kernels' choice is printed past Python."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ORT_ENABLE_ATTENTION_KERNEL_DEBUG_INFO": "1"}
        command = [sys.executable, SCRIPT.with_name("profile_graph.py"), model, folder, *PROVIDERS[provider]]
        done = subprocess.run(
            command, input=json.dumps(request), env=environment, capture_output=True, text=True, check=True
        )
        [file] = Path(folder).glob("*.json")
        return describe_profile(json.loads(file.read_text()), done.stdout + done.stderr)


def describe_profile(events, log):
    nodes = [event for event in events if event["cat"] == "Node" and event["name"].endswith("_kernel_time")]
    inner = [event for event in nodes if event["args"]["op_name"] not in ("Loop", "If")]
    executions = Counter(event["name"] for event in nodes)
    copies = {event["name"] for event in nodes if event["args"]["op_name"].startswith("Memcpy")}
    milliseconds = Counter()
    for event in inner:
        milliseconds[event["args"]["op_name"]] += event["dur"] / 1000
    return {
        "loops": sum(event["args"]["op_name"] == "Loop" for event in nodes),
        "memcpy_nodes": len(copies),
        # A node outside the loop runs once.
        "memcpy_nodes_in_loop": sum(executions[name] > 1 for name in copies),
        "nodes_by_provider": Counter(event["args"]["provider"] for event in inner),
        "attention_kernels": Counter(re.findall(r"SdpaKernel=(\w+)", log)),
        "milliseconds_by_operator": {name: round(ms, 2) for name, ms in milliseconds.most_common(12)},
    }


def bench_shape(name, options, bandwidth):
    shape = make_checkpoint.SHAPES[name]
    checkpoint, model = prepare_model(name, options.provider, options.work)
    precision, dtype = PRECISIONS[options.provider]
    device = "cuda" if options.provider == "cuda" else "cpu"
    session = compiled_graph.open_graph(model, PROVIDERS[options.provider])
    if session.get_providers()[0] != PROVIDERS[options.provider][0]:
        raise SystemExit(f"gpu_generation: {PROVIDERS[options.provider][0]} did not load; is onnxruntime-gpu installed?")
    reference = transformers.AutoModelForSeq2SeqLM.from_pretrained(checkpoint, dtype=dtype).to(device).eval()

    def ours(request):
        return [row[0] for row in compiled_graph.answers(session, request["feeds"])[0]]

    def theirs(request):
        ids = torch.tensor(request["input_ids"], device=device)
        with torch.inference_mode():
            output = reference.generate(
                ids, attention_mask=torch.ones_like(ids), do_sample=False, **request["parameters"]
            )
        return output[:, 1:].tolist()

    cases = []
    for rows in options.rows:
        for beams in options.beams:
            request = make_request(shape, rows, beams, options.inputs, options.length)
            [feeds] = compiled_graph.feeds_for(model, [request])
            contenders = {"Tandem": ours, "transformers": theirs}
            seconds, sequences = measure_case({**request, "feeds": feeds}, contenders, options.runs)
            median = {who: statistics.median(values) for who, values in seconds.items()}
            limit = (options.length - 1) * step_bytes(shape, dtype.itemsize) / bandwidth
            cases.append(
                {
                    "shape": name,
                    "precision": precision,
                    "rows": rows,
                    "beams": beams,
                    "seconds": seconds,
                    "tokens_per_second": {who: rows * (options.length - 1) / value for who, value in median.items()},
                    "ratio": median["transformers"] / median["Tandem"],
                    "same_rows": sum(a == b for a, b in zip(sequences["Tandem"], sequences["transformers"])),
                    "share_of_bandwidth_limit": limit / median["Tandem"],
                    "profile": profile_in_process(model, options.provider, request),
                }
            )
            print(markdown_row(cases[-1]), file=sys.stderr)
    return cases


HEADER = [
    "| shape | rows | beams | Tandem, tokens/s | transformers, tokens/s | ratio | same tokens | of the bandwidth's limit "
    "| copies in the loop | attention kernels |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|",
]


def markdown_row(case):
    speed, profile = case["tokens_per_second"], case["profile"]
    kernels = ", ".join(profile["attention_kernels"]) or "not told"
    return (
        f"| {case['shape']} {case['precision']} | {case['rows']} | {case['beams']} | {speed['Tandem']:.1f} "
        f"| {speed['transformers']:.1f} | {case['ratio']:.2f} | {case['same_rows']} of {case['rows']} "
        f"| {case['share_of_bandwidth_limit']:.0%} | {profile['memcpy_nodes_in_loop']} | {kernels} |"
    )


def describe_machine(provider, bandwidth):
    return {
        "device": torch.cuda.get_device_name() if provider == "cuda" else "cpu",
        "bandwidth": bandwidth,
        "onnxruntime": onnxruntime.__version__,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }


def numbers(text):
    return [int(part) for part in text.split(",")]


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--provider", choices=PROVIDERS, default="cuda")
    parser.add_argument("--shape", dest="shapes", action="append", choices=make_checkpoint.SHAPES)
    parser.add_argument("--rows", type=numbers, default=[1, 8, 32])
    parser.add_argument("--beams", type=numbers, default=[1, 10])
    parser.add_argument("--inputs", type=int, default=128)
    parser.add_argument("--length", type=int, default=60)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work", type=Path, default=compiled_graph.PROJECT / ".tandem" / "bench" / "gpu")
    parser.add_argument("--out", type=Path, default=SCRIPT.with_name("results"))
    return parser.parse_args()


def main():
    options = read_options()
    if options.provider == "cuda" and not torch.cuda.is_available():
        raise SystemExit("gpu_generation: torch sees no CUDA device; --provider cpu runs anywhere")
    transformers.logging.set_verbosity_error()
    options.work.mkdir(parents=True, exist_ok=True)
    options.out.mkdir(parents=True, exist_ok=True)
    bandwidth = measure_bandwidth("cuda" if options.provider == "cuda" else "cpu")
    cases = [case for shape in options.shapes or ["400m-distill", "3b"] for case in bench_shape(shape, options, bandwidth)]
    machine = describe_machine(options.provider, bandwidth)
    results = {"date": datetime.now(timezone.utc).isoformat(), "machine": machine, "cases": cases}
    (options.out / f"{options.provider}.json").write_text(json.dumps(results, indent=1) + "\n")
    described = f"{machine['device']}, {bandwidth / 1e9:.0f} GB/s of memory reads, {results['date'][:10]}"
    table = "\n".join([described, "", *HEADER, *map(markdown_row, cases)])
    (options.out / f"{options.provider}.md").write_text(table + "\n")
    print(table)


if __name__ == "__main__":
    main()
