"""Answers requests with transformers, as a process of its own: CHECKPOINT DTYPE THREADS."""

import json
import sys
import time

import torch
from transformers import AutoModelForSeq2SeqLM, logging

checkpoint, dtype, threads = sys.argv[1:]
# Progress bars and advice would stand between the answers.
logging.set_verbosity_error()
logging.disable_progress_bar()
torch.set_num_threads(int(threads))
model = AutoModelForSeq2SeqLM.from_pretrained(checkpoint, dtype=getattr(torch, dtype)).eval()
print(json.dumps({"ready": True}), flush=True)

for line in sys.stdin:
    request = json.loads(line)
    input_ids = torch.tensor(request["input_ids"])
    attention_mask = torch.ones_like(input_ids)
    started = time.perf_counter()
    with torch.inference_mode():
        output = model.generate(input_ids, attention_mask=attention_mask, do_sample=False, **request["parameters"])
    seconds = time.perf_counter() - started
    # The start token is not part of an answer.
    print(json.dumps({"seconds": seconds, "sequences": output[:, 1:].tolist()}), flush=True)
