"""Make reference cases for the ways of choosing that make_checkpoint_cases.py leaves out, for a checkpoint that it made.

    python make_choosing_cases.py CHECKPOINT [--seed 7] [--cases 30]

Needs torch and transformers 5.18. Writes into the checkpoint's folder, one request a line:

cases-rules.jsonl          transformers' `generate` with sequence_bias (as logit_bias), bad_words_ids, a stopping criterion on
                           token ids (stop_sequences), and the model's log-probability of each token (logprobs)
cases-sampling.jsonl       tokens drawn by inverse CDF from what transformers' own processors and warpers leave
cases-delayed-beams.jsonl  the same for the first beam_delay tokens of each beam, then a beam search in plain Python

The random numbers come from the seed as shared/uniform-numbers.ts says. A case is kept only where float32 and float64
agree on every token and no draw is near a boundary, so a different order of additions cannot change the answer.
"""
import argparse, json, os, random
import torch
from transformers import (AutoModelForSeq2SeqLM, GenerationConfig, LogitsProcessorList, MinPLogitsWarper, StoppingCriteria,
                          StoppingCriteriaList, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper)

START, EOS = 1, 2
SPECIAL = dict(bos_token_id=1, eos_token_id=EOS, pad_token_id=0, decoder_start_token_id=START)
NEUTRAL = dict(num_beams=1, num_return_sequences=1, do_sample=False, min_length=0, max_length=60, length_penalty=1.0,
               early_stopping=False, no_repeat_ngram_size=0, encoder_no_repeat_ngram_size=0, repetition_penalty=1.0,
               temperature=1.0, top_k=50, top_p=1.0)
OURS = ('logit_bias', 'stop_sequences', 'output_logprobs', 'beam_delay', 'seed')
DRAW_MARGIN = 3e-5
NOISE = 1e-5


# Random numbers: Philox4x32-10 (Salmon et al., 2011).

def philox(counter, key):
    a, b, c, d = counter
    k, l = key
    for _ in range(10):
        first, second = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (second >> 32) ^ b ^ k, second & 0xFFFFFFFF, (first >> 32) ^ d ^ l, first & 0xFFFFFFFF
        k, l = (k + 0x9E3779B9) & 0xFFFFFFFF, (l + 0xBB67AE85) & 0xFFFFFFFF
    return a, b, c, d


def uniform(seed, hypothesis, step):
    return (philox((step, hypothesis, 0, 0), (seed & 0xFFFFFFFF, seed >> 32))[0] >> 8) / 2**24


# What the ways of choosing share.

class Unstable(Exception):
    """Rounding could change the answer."""


def config_of(parameters):
    values = {**NEUTRAL, **{k: v for k, v in parameters.items() if k not in OURS}}
    if parameters.get('logit_bias'):
        values['sequence_bias'] = [[[int(token)], float(bias)] for token, bias in parameters['logit_bias'].items()]
    return GenerationConfig(**SPECIAL, **values, return_dict_in_generate=True, output_logits=True, output_scores=True)


def processors_of(model, parameters, row, do_sample):
    """transformers' own list, in its own order: processors, and with do_sample the warpers."""
    config = config_of({**parameters, 'do_sample': do_sample, 'num_beams': 1, 'num_return_sequences': 1})
    model._prepare_special_tokens(config, True, device='cpu')
    return model._get_logits_processor(config, input_ids_seq_length=1, encoder_input_ids=torch.tensor([row]))


def warpers_of(parameters):
    warpers = LogitsProcessorList()
    q = {**NEUTRAL, **parameters}
    if q['temperature'] != 1: warpers.append(TemperatureLogitsWarper(q['temperature']))
    if q['top_k'] > 0: warpers.append(TopKLogitsWarper(q['top_k']))
    if q['top_p'] < 1: warpers.append(TopPLogitsWarper(q['top_p']))
    if q.get('min_p'): warpers.append(MinPLogitsWarper(q['min_p']))
    return warpers


def decoder(model, row):
    """A function from replies so far to the logits of what comes next."""
    encoded = model.get_encoder()(torch.tensor([row]))

    def logits(replies):
        hidden = type(encoded)(last_hidden_state=encoded.last_hidden_state.expand(len(replies), -1, -1))
        return model(encoder_outputs=hidden, decoder_input_ids=torch.tensor(replies)).logits[:, -1].float()
    return logits


def invert_cdf(scores, number):
    ranked, ids = torch.sort(scores.double(), descending=True, stable=True)
    cdf = ranked.softmax(-1).cumsum(-1)
    return int(ids[min(int((cdf <= number).sum()), len(ids) - 1)])


def draw(process, reply, scores, number):
    """A token by inverse CDF; it must stay the same with a little noise on scores and number."""
    ids = torch.tensor([reply])
    token = invert_cdf(process(ids, scores[None])[0], number)
    for shift in (-DRAW_MARGIN, DRAW_MARGIN):
        noisy = scores + torch.randn(scores.shape, generator=noise) * NOISE
        if invert_cdf(process(ids, noisy[None])[0], number + shift) != token: raise Unstable
    return token


def has_ended(reply, parameters):
    stops = parameters.get('stop_sequences', [])
    limit = parameters.get('max_length', NEUTRAL['max_length'])
    return reply[-1] == EOS or len(reply) >= limit or any(reply[-len(s):] == s for s in stops)


# The ways of choosing.

class EndsWith(StoppingCriteria):
    def __init__(self, sequences): self.sequences = sequences

    def __call__(self, input_ids, scores, **_):
        return torch.tensor([any(reply[-len(s):] == s for s in self.sequences) for reply in input_ids.tolist()])


def generate(model, rows, parameters):
    """transformers' own: sequences, scores (None without beams) and log-probabilities."""
    longest = max(map(len, rows))
    ids = torch.zeros((len(rows), longest), dtype=torch.long); mask = torch.zeros_like(ids)
    for r, row in enumerate(rows): ids[r, :len(row)] = torch.tensor(row); mask[r, :len(row)] = 1
    model.generation_config = GenerationConfig(**SPECIAL)
    stops = parameters.get('stop_sequences', [])
    criteria = StoppingCriteriaList([EndsWith(stops)] if stops else [])
    out = model.generate(input_ids=ids, attention_mask=mask, generation_config=config_of(parameters), stopping_criteria=criteria)
    logprobs = model.compute_transition_scores(out.sequences, out.logits, getattr(out, 'beam_indices', None), normalize_logits=True)
    sequences, trimmed = [], []
    for reply, values in zip(out.sequences.tolist(), logprobs.tolist()):
        end = next((n for n in range(2, len(reply) + 1) if has_ended(reply[:n], parameters)), len(reply))
        sequences.append(reply[1:end]); trimmed.append([round(v, 4) for v in values[:end - 1]])
    per_row = parameters.get('num_return_sequences', 1)
    by_row = lambda values: [values[r * per_row:(r + 1) * per_row] for r in range(len(rows))]
    scores = getattr(out, 'sequences_scores', None)
    return by_row(sequences), None if scores is None else by_row([round(v, 4) for v in scores.tolist()]), by_row(trimmed)


def sample(model, rows, parameters):
    sequences, logprobs = [], []
    for row in rows:
        logits, process = decoder(model, row), processors_of(model, parameters, row, do_sample=True)
        replies, told = [], []
        for h in range(parameters.get('num_return_sequences', 1)):
            reply, values = [START], []
            while not has_ended(reply, parameters) or len(reply) == 1:
                scores = logits([reply])[0]
                token = draw(process, reply, scores, uniform(parameters['seed'], h, len(reply) - 1))
                values.append(round(float(scores.log_softmax(-1)[token]), 4)); reply.append(token)
            replies.append(reply[1:]); told.append(values)
        sequences.append(replies); logprobs.append(told)
    return sequences, None, logprobs


def delayed_beams(model, rows, parameters):
    """Each beam draws its first tokens (its sum takes their log-probabilities before the warpers), then beam search."""
    q = {**NEUTRAL, **parameters}
    width, penalty, delay = q['num_beams'], q['length_penalty'], q['beam_delay']
    sequences, scores, logprobs = [], [], []
    for row in rows:
        logits, process = decoder(model, row), processors_of(model, parameters, row, do_sample=False)
        warp = warpers_of(parameters)
        live, finished = [(h, 0.0, [START], []) for h in range(width)], []
        while live:
            length = len(live[0][2])
            raw = logits([reply for _, _, reply, _ in live])
            own = raw.log_softmax(-1)
            processed = process(torch.tensor([reply for _, _, reply, _ in live]), own)
            next_live, ends = [], []
            if length - 1 < delay:
                for i, (h, total, reply, told) in enumerate(live):
                    token = draw(warp, reply, processed[i], uniform(q['seed'], h, length - 1))
                    beam = (h, total + float(processed[i, token]), reply + [token], told + [float(own[i, token])])
                    (ends if has_ended(beam[2], q) else next_live).append(beam)
            else:
                totals = (torch.tensor([total for _, total, _, _ in live])[:, None] + processed).flatten()
                best = totals.topk(2 * width)
                for rank, (total, place) in enumerate(zip(best.values.tolist(), best.indices.tolist())):
                    i, token = divmod(place, own.shape[1])
                    if total == float('-inf'): continue
                    beam = (None, total, live[i][2] + [token], live[i][3] + [float(own[i, token])])
                    if not has_ended(beam[2], q): next_live.append(beam)
                    elif rank < width: ends.append(beam)
                next_live = next_live[:width]
            finished += [(total / length ** penalty, reply, told) for _, total, reply, told in ends]
            finished = sorted(finished, key=lambda one: -one[0])[:width]
            live = next_live
            if live and len(finished) == width:
                hope = q['max_length'] - 1 if q['early_stopping'] == 'never' and penalty > 0 else length
                if q['early_stopping'] is True or max(total for _, total, _, _ in live) / hope ** penalty <= finished[-1][0]: break
        gaps = [a[0] - b[0] for a, b in zip(finished, finished[1:])]
        if any(gap < 1e-4 and a[1] != b[1] for gap, a, b in zip(gaps, finished, finished[1:])): raise Unstable
        wanted = finished[:q['num_return_sequences']]
        sequences.append([reply[1:] for _, reply, _ in wanted]); scores.append([round(s, 4) for s, _, _ in wanted])
        logprobs.append([[round(v, 4) for v in told] for _, _, told in wanted])
    return sequences, scores, logprobs


# The cases.

def rows_for(vocabulary, positions):
    rows = []
    for _ in range(rng.choice([1, 1, 2, 3])):
        pool = [rng.randrange(8, vocabulary - 8) for _ in range(rng.choice([3, 12, 127]))]
        rows.append([rng.choice(pool) for _ in range(rng.choice([1, 5, 12, 24, min(60, positions - 1)]))] + [EOS])
    return rows


def limits():
    q = dict(max_length=rng.choice([8, 14, 24]), no_repeat_ngram_size=rng.choice([0, 0, 2, 3]),
             encoder_no_repeat_ngram_size=rng.choice([0, 0, 1, 3]), repetition_penalty=rng.choice([1.0, 1.0, 1.2]))
    q['min_length'] = rng.choice([0, 0, 5])
    if rng.random() < .5: q['forced_eos_token_id'] = EOS
    return q


def pieces(replies, count, longest):
    """Parts of replies: sequences that are about to come."""
    made = []
    for _ in range(count):
        reply = rng.choice(replies); n = rng.randint(1, min(longest, len(reply))); at = rng.randrange(len(reply) - n + 1)
        made.append(reply[at:at + n])
    return made


def rules(model, i, rows):
    q = dict(limits(), num_beams=rng.choice([1, 1, 2, 5, 10]))
    if q['num_beams'] > 1:
        q.update(length_penalty=rng.choice([0.0, 0.65, 2.0]), early_stopping=rng.choice([False, True, 'never']),
                 num_return_sequences=rng.choice([1, q['num_beams']]))
    free, _, _ = generate(model, rows, q)
    replies = [reply for row in free for reply in row]
    vocabulary = model.config.vocab_size
    kinds = [['bias'], ['words'], ['stops'], ['bias', 'words', 'stops']][i % 4]
    if 'bias' in kinds:
        q['logit_bias'] = {str(rng.choice(rng.choice(replies))): -rng.choice([0.5, 3.0, 1000.0]) for _ in range(4)}
        q['logit_bias'].update({str(rng.randrange(8, vocabulary)): rng.choice([1.5, 6.0]) for _ in range(2)})
    if 'words' in kinds: q['bad_words_ids'] = pieces(replies, 6, 4) + [[EOS], [START, replies[0][0]]]
    if 'stops' in kinds: q['stop_sequences'] = pieces([reply[1:] or reply for reply in replies], 3, 3)
    q['output_logprobs'] = True
    return q


def warpers():
    return dict(temperature=rng.choice([1.0, 0.6, 0.3]), top_k=rng.choice([0, 5, 20, 50, 100000]),
                top_p=rng.choice([1.0, 0.9, 0.5]), min_p=rng.choice([0.0, 0.0, 0.05]), seed=rng.randrange(2**53))


def sampling(model, i, rows):
    q = dict(limits(), do_sample=True, num_return_sequences=rng.choice([1, 1, 3, 5]), **warpers(), output_logprobs=True)
    if i % 5 == 0: q['logit_bias'] = {str(rng.randrange(8, model.config.vocab_size)): 4.0}
    return q


def delayed(model, i, rows):
    width = rng.choice([2, 3, 5, 10])
    return dict(limits(), do_sample=True, num_beams=width, beam_delay=rng.choice([1, 2, 4, 10]), **warpers(),
                length_penalty=rng.choice([0.0, 0.65, 1.0]), early_stopping=rng.choice([False, True, 'never']),
                num_return_sequences=rng.choice([1, width]), output_logprobs=True)


p = argparse.ArgumentParser()
p.add_argument('checkpoint'); p.add_argument('--seed', type=int, default=7); p.add_argument('--cases', type=int, default=30)
a = p.parse_args()
torch.manual_seed(a.seed); torch.set_num_threads(1)
noise = torch.Generator().manual_seed(a.seed)
single = AutoModelForSeq2SeqLM.from_pretrained(a.checkpoint).eval()
double = AutoModelForSeq2SeqLM.from_pretrained(a.checkpoint, dtype=torch.float64).eval()
for name, make, answer in (('rules', rules, generate), ('sampling', sampling, sample), ('delayed-beams', delayed, delayed_beams)):
    rng = random.Random(f'{a.seed} {name}')
    kept = tried = 0
    with open(os.path.join(a.checkpoint, f'cases-{name}.jsonl'), 'w') as f, torch.no_grad():
        while kept < a.cases and tried < 20 * a.cases:
            rows = rows_for(single.config.vocab_size, single.config.max_position_embeddings)
            q = make(single, tried, rows); tried += 1
            try:
                one, two = answer(single, rows, q), answer(double, rows, q)
            except Unstable:
                continue
            if one[0] != two[0]: continue
            f.write(json.dumps(dict(input_ids=rows, parameters=q, sequences=one[0], scores=one[1], logprobs=one[2])) + '\n')
            kept += 1
    print(f'{a.checkpoint}: kept {kept} of {tried} {name} cases')
