"""Trains the embedded model on a corpus: one pass on two cores, the same weights every time on one kind of machine.

    python train.py --corpus work/corpus.jsonl --work work --model ../tandem-mini [--steps 1000]

`--model` holds tokenizer.json and receives config.json, generation_config.json and model.safetensors. `--work` keeps the state every
few hundred steps: started again, training goes on from there; for a new one, remove training.pt.

Two processes of one thread each take neighbouring batches and average their gradients. They meet once a step, where two
threads of one process would meet hundreds of times and crawl whenever something else uses a core.
"""

import argparse
import json
import math
import multiprocessing
import os
import random
import sys
import tempfile
import time

import torch
import torch.distributed as dist
from tokenizers import Tokenizer
from transformers import BlenderbotConfig, BlenderbotForConditionalGeneration, GenerationConfig

from conversation import END, MAX_TOKENS, PAD, START, Encoder
from initialization import initialize

PROCESSES = 2
SEED = 11
PEAK_LEARNING_RATE = 2e-3
WARMUP_STEPS = 200
DECAY = 0.25
# BlenderBot's 0.02 is made for a width of 2560. At 256 it would leave attention uniform for a thousand steps.
INITIAL_STD = 0.06
CLIP_NORM = 1.0
TOKENS_PER_BATCH = 600  # of one process: encoder and decoder, padding included
POOL_BATCHES = 160  # examples are sorted by length within so many batches
REPORT_STEPS = 100
STATE_STEPS = 250
STATE = "training.pt"


def new_model(vocab_size):
    model = BlenderbotForConditionalGeneration(
        BlenderbotConfig(
            vocab_size=vocab_size,
            d_model=256,
            max_position_embeddings=MAX_TOKENS,
            encoder_layers=2,
            encoder_ffn_dim=1024,
            encoder_attention_heads=8,
            decoder_layers=3,
            decoder_ffn_dim=1024,
            decoder_attention_heads=8,
            activation_function="gelu",
            scale_embedding=True,
            encoder_no_repeat_ngram_size=0,
            init_std=INITIAL_STD,
            # One pass over synthetic data cannot be overfitted.
            dropout=0.0,
            attention_dropout=0.0,
            activation_dropout=0.0,
            pad_token_id=PAD,
            bos_token_id=START,
            eos_token_id=END,
            decoder_start_token_id=START,
            forced_eos_token_id=END,
        )
    )
    initialize(model)
    return model


def generation_config():
    return GenerationConfig(
        bos_token_id=START,
        eos_token_id=END,
        pad_token_id=PAD,
        decoder_start_token_id=START,
        forced_eos_token_id=END,
        num_beams=1,
        length_penalty=1.0,
        min_length=0,
        max_length=60,
        no_repeat_ngram_size=3,
        encoder_no_repeat_ngram_size=0,
    )


def load_examples(path, encoder):
    """(conversation ids, reply ids) of every line."""
    examples = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            example = json.loads(line)
            ids = encoder.conversation(example["persona"], example["turns"])
            examples.append((ids, encoder.part(example["reply"]) + [END]))
    return examples


def batches_by_length(examples):
    """Batches of about TOKENS_PER_BATCH tokens whose rows have nearly one length, shortest first."""
    batches, batch = [], []
    for example in sorted(examples, key=lambda example: (len(example[0]), len(example[1]))):
        if (len(batch) + 1) * (len(example[0]) + len(example[1])) > TOKENS_PER_BATCH:
            batches.append(batch)
            batch = []
        batch.append(example)
    return batches + [batch]


def steps_of(examples, rng):
    """Every step's batches, one for each process: neighbours in length, so that neither waits for long."""
    mean = sum(len(ids) + len(reply) for ids, reply in examples) / len(examples)
    pool_size = int(POOL_BATCHES * TOKENS_PER_BATCH / mean)
    steps = []
    for start in range(0, len(examples), pool_size):
        batches = batches_by_length(examples[start : start + pool_size])
        groups = [batches[i : i + PROCESSES] for i in range(0, len(batches), PROCESSES)]
        groups = [group for group in groups if len(group) == PROCESSES]
        rng.shuffle(groups)
        steps += groups
    return steps


def padded(rows, value):
    width = max(map(len, rows))
    return torch.tensor([row + [value] * (width - len(row)) for row in rows])


def loss_of(model, batch):
    input_ids = padded([ids for ids, _ in batch], PAD)
    labels = padded([reply for _, reply in batch], -100)
    decoder_input_ids = padded([[START] + reply[:-1] for _, reply in batch], PAD)
    logits = model(
        input_ids=input_ids,
        attention_mask=(input_ids != PAD).long(),
        decoder_input_ids=decoder_input_ids,
        use_cache=False,
    ).logits
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)


def learning_rate(step, steps):
    """Warm up, stay, and come down over the last quarter: so that the beginning is the same however long the training."""
    return min(1.0, (step + 1) / WARMUP_STEPS, max(0.01, (steps - step) / (DECAY * steps)))


def optimizer_of(model, peak):
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    return torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.02}, {"params": vectors, "weight_decay": 0.0}],
        lr=peak,
        betas=(0.9, 0.98),
        eps=1e-8,
        fused=True,
    )


def flat_gradient(parameters):
    """One tensor that holds all gradients, so that the processes exchange one message a step."""
    flat = torch.zeros(sum(p.numel() for p in parameters))
    for p, part in zip(parameters, flat.split([p.numel() for p in parameters])):
        p.grad = part.view_as(p)
    return flat


def train(rank, model, steps, path, peak):
    gradient = flat_gradient(list(model.parameters()))
    optimizer = optimizer_of(model, peak)
    begin = done = restore(model, optimizer, path)
    model.train()
    started, running = time.time(), 0.0
    for step in range(begin, len(steps)):
        for group in optimizer.param_groups:
            group["lr"] = peak * learning_rate(step, len(steps))
        gradient.zero_()
        loss = loss_of(model, steps[step][rank])
        loss.backward()
        dist.all_reduce(gradient)  # a sum of two is the same in either order
        gradient /= PROCESSES
        gradient *= min(1.0, CLIP_NORM / (gradient.norm().item() + 1e-6))
        optimizer.step()
        running += loss.item()
        done = step + 1
        if rank == 0 and done % REPORT_STEPS == 0:
            print(
                f"step {done}/{len(steps)} loss {running / min(REPORT_STEPS, done - begin):.3f} "
                f"{time.time() - started:.0f} s, {time.process_time():.0f} s of one core",
                flush=True,
            )
            running = 0.0
        if rank == 0 and done % STATE_STEPS == 0:
            store(model, optimizer, done, path)


def store(model, optimizer, done, path):
    """All that training needs to go on from here, at once or not at all."""
    state = {"done": done, "model": model.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save(state, os.path.join(path, STATE + ".new"))
    os.replace(os.path.join(path, STATE + ".new"), os.path.join(path, STATE))


def restore(model, optimizer, path):
    """The number of steps that an interrupted training has done."""
    path = os.path.join(path, STATE)
    if not os.path.exists(path):
        return 0
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return state["done"]


def save(model, path):
    """Writes the weights as fp16."""
    model.half().save_pretrained(path)
    generation_config().save_pretrained(path)
    os.chmod(os.path.join(path, "model.safetensors"), 0o644)


def run(rank, address, steps, vocab_size, path, work, peak, go_on):
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(SEED)
    dist.init_process_group("gloo", init_method=f"file://{address}", rank=rank, world_size=PROCESSES)
    if go_on:
        model = BlenderbotForConditionalGeneration.from_pretrained(path, dtype=torch.float32)
    else:
        model = new_model(vocab_size)
    dist.barrier()
    train(rank, model, steps, work, peak)
    if rank == 0:
        save(model, path)
    dist.destroy_process_group()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--work", required=True, help="folder for the state of an unfinished training")
    parser.add_argument("--steps", type=int, help="stop after so many; all that the corpus has, where not given")
    parser.add_argument("--peak", type=float, default=PEAK_LEARNING_RATE, help="the highest learning rate")
    parser.add_argument("--go-on", action="store_true", help="start from the weights that --model holds")
    args = parser.parse_args()

    tokenizer = Tokenizer.from_file(f"{args.model}/tokenizer.json")
    examples = load_examples(args.corpus, Encoder(tokenizer))
    random.Random(SEED).shuffle(examples)
    steps = steps_of(examples, random.Random(SEED))[: args.steps]
    print(f"{len(examples)} examples, {len(steps)} steps", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        arguments = (
            f"{folder}/meeting",
            steps,
            tokenizer.get_vocab_size(),
            args.model,
            args.work,
            args.peak,
            args.go_on,
        )
        workers = [
            multiprocessing.get_context("fork").Process(target=run, args=(rank, *arguments))
            for rank in range(PROCESSES)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    sys.exit(max(abs(worker.exitcode) for worker in workers))


if __name__ == "__main__":
    main()
