"""Trains the embedded model on a corpus: one pass on two cores, the same weights every time.

    python train.py --corpus corpus.jsonl --model ../tandem-mini

`--model` holds tokenizer.json and receives config.json, generation_config.json and model.safetensors. make_model.sh runs the
stages that made the shipped weights.

Two processes of one thread each take neighbouring batches and average their gradients. They meet once a step, where two
threads of one process would meet hundreds of times and crawl whenever something else uses a core.
"""

import argparse
import copy
import itertools
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

PROCESSES = 2
SEED = 11
PEAK_LEARNING_RATE = 1.3e-3
# A run that goes on from weights that know something is sooner at its full rate.
RESUMED_WARMUP_STEPS = 100
# BlenderBot's 0.02 is made for a width of 2560. At 256 it leaves attention uniform for a thousand steps, and the
# decoder learns to babble without the encoder.
INITIAL_STD = 0.06
INITIAL_POSITION_SCALE = 0.5
WARMUP_STEPS = 200
CLIP_NORM = 1.0
TOKENS_PER_BATCH = 1800  # of one process: encoder and decoder, padding included
POOL_BATCHES = 80  # examples are sorted by length within so many batches


def sinusoids(positions, width):
    """The fixed position embedding of "Attention is all you need": where the learned one starts from."""
    rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000) / width))
    angles = torch.arange(positions)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


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
    for half in (model.model.encoder, model.model.decoder):
        half.embed_positions.weight.data.copy_(INITIAL_POSITION_SCALE * sinusoids(*half.embed_positions.weight.shape))
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


def load_examples(path, encoder, skip, limit):
    """(conversation ids, reply ids) of every line."""
    examples = []
    with open(path, encoding="utf-8") as lines:
        for line in itertools.islice(lines, skip, skip + limit if limit else None):
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


def learning_rate(step, steps, warmup):
    if step < warmup:
        return (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))


def optimizer_of(model, peak):
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    return torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.02}, {"params": vectors, "weight_decay": 0.0}],
        lr=peak,
        betas=(0.9, 0.98),
        eps=1e-8,
    )


def average_gradients(parameters):
    """One message for all gradients; a sum of two is the same in either order."""
    flat = torch.cat([p.grad.flatten() for p in parameters])
    dist.all_reduce(flat)
    flat /= PROCESSES
    for p, grad in zip(parameters, flat.split([p.numel() for p in parameters])):
        p.grad.copy_(grad.view_as(p))


def train(rank, model, steps, schedule, checkpoint):
    parameters = list(model.parameters())
    peak, warmup = schedule
    optimizer = optimizer_of(model, peak)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: learning_rate(step, len(steps), warmup))
    model.train()
    started, running = time.time(), 0.0
    for step, batches in enumerate(steps, 1):
        loss = loss_of(model, batches[rank])
        loss.backward()
        average_gradients(parameters)
        torch.nn.utils.clip_grad_norm_(parameters, CLIP_NORM)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        scheduler.step()
        running += loss.item()
        if rank == 0 and (step % 50 == 0 or step == len(steps)):
            print(
                f"step {step}/{len(steps)} loss {running / ((step - 1) % 50 + 1):.3f} "
                f"{time.time() - started:.0f} s, {time.process_time():.0f} s of one core",
                flush=True,
            )
            running = 0.0
        if rank == 0 and step % 250 == 0:
            checkpoint(model)


def save(model, path):
    """Writes the weights as fp16 and leaves the model that is being trained alone."""
    copy.deepcopy(model).half().save_pretrained(path)
    generation_config().save_pretrained(path)
    os.chmod(os.path.join(path, "model.safetensors"), 0o644)


def run(rank, address, steps, vocab_size, path, resume, peak):
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(SEED)
    dist.init_process_group("gloo", init_method=f"file://{address}", rank=rank, world_size=PROCESSES)
    if resume:
        model = BlenderbotForConditionalGeneration.from_pretrained(path, dtype=torch.float32)
    else:
        model = new_model(vocab_size)
    dist.barrier()
    schedule = (peak, RESUMED_WARMUP_STEPS if resume else WARMUP_STEPS)
    train(rank, model, steps, schedule, lambda unfinished: save(unfinished, path))
    if rank == 0:
        save(model, path)
    dist.destroy_process_group()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--skip", type=int, default=0, help="leave out the first so many examples")
    parser.add_argument("--limit", type=int, help="use only so many examples")
    parser.add_argument("--peak", type=float, default=PEAK_LEARNING_RATE, help="the highest learning rate")
    parser.add_argument("--resume", action="store_true", help="start from the weights that --model holds")
    args = parser.parse_args()

    tokenizer = Tokenizer.from_file(f"{args.model}/tokenizer.json")
    examples = load_examples(args.corpus, Encoder(tokenizer), args.skip, args.limit)
    random.Random(SEED).shuffle(examples)
    steps = steps_of(examples, random.Random(SEED))
    print(f"{len(examples)} examples, {len(steps)} steps", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        arguments = (f"{folder}/meeting", steps, tokenizer.get_vocab_size(), args.model, args.resume, args.peak)
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
