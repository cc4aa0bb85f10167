"""Where training starts: the usual random weights, and a circuit that can repeat what was said.

To repeat a name piece by piece, a transformer finds the place in its input that follows the piece it wrote last, and writes
what stands there: an induction head (Olsson et al., 2022, "In-context learning and induction heads"). Trained from random
weights this comes late, if at all, in forty minutes. Here the first layer of the encoder starts with two heads that look one
position back and note what they see, the later layers of the decoder with two heads that look for the token they were given
among those notes, and what they attend to goes into the output as it is. Nothing is frozen.

The residual stream starts in three parts, so that the circuit reads nothing but what it needs: fast waves of the position,
notes of the previous token, and the tokens themselves with slow waves of the position.
"""

import math

import torch

FAST, NOTES, TOKENS = slice(0, 64), slice(64, 128), slice(128, 256)
HEAD = 32
CIRCUIT = slice(0, 2 * HEAD)  # the two heads of a layer that belong to the circuit
COPYING = slice(0, 4 * HEAD)  # the heads that repeat what they attend to
TOKEN_STD = 0.085
SLOW_POSITION_SCALE = 0.4
# Sublayers add little at first, or their noise would drown the tokens.
SUBLAYER_SCALE = {"encoder": 0.4, "decoder": 0.33}
BACK_SHARPNESS = 1.6
MATCH_SHARPNESS = 1.2
COPY_STRENGTH = 1.5


def waves(positions, rates):
    """[positions, 2 · rates]: sine and cosine of every rate, in pairs."""
    angles = torch.arange(positions)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def fast_rates():
    """Evenly spread up to half a turn a position: the sum of their cosines is sharp around one position."""
    return math.pi * (torch.arange(FAST.stop // 2) + 0.5) / (FAST.stop // 2)


def position_table(positions, width):
    table = torch.zeros(positions, width)
    table[:, FAST] = waves(positions, fast_rates())
    slow = 10_000 ** (-torch.arange(0, 128, 2) / 128)
    table[:, TOKENS] = SLOW_POSITION_SCALE * waves(positions, slow)
    return table


def orthogonal(rows, columns):
    return torch.linalg.qr(torch.randn(columns, columns))[0][:rows]


def one_back():
    """Turns the fast waves of a position into those of the one before it, with every second pair for the second head."""
    rates, matrix = fast_rates(), torch.zeros(64, 64)
    for pair, rate in enumerate(rates):
        sine, cosine = math.sin(rate), math.cos(rate)
        matrix[2 * pair : 2 * pair + 2, 2 * pair : 2 * pair + 2] = torch.tensor([[cosine, -sine], [sine, cosine]])
    return matrix[interleaved()]


def interleaved():
    pairs = list(range(0, 32, 2)) + list(range(1, 32, 2))
    return [2 * pair + part for pair in pairs for part in (0, 1)]


def replace(weight, rows, columns, values):
    """Sets some rows, which then read nothing else."""
    weight[rows] = 0
    weight[rows, columns] = values


@torch.no_grad()
def initialize(model):
    encoder, decoder = model.model.encoder, model.model.decoder
    embedding = model.model.shared.weight
    embedding.zero_()
    embedding[:, TOKENS].normal_(std=TOKEN_STD)
    for half in (encoder, decoder):
        half.embed_positions.weight.copy_(position_table(*half.embed_positions.weight.shape))
    for layer in encoder.layers:
        for output in (layer.self_attn.out_proj, layer.fc2):
            output.weight.mul_(SUBLAYER_SCALE["encoder"])
            output.weight[NOTES] = 0
    for layer in decoder.layers:
        for output in (layer.self_attn.out_proj, layer.encoder_attn.out_proj, layer.fc2):
            output.weight.mul_(SUBLAYER_SCALE["decoder"])

    note = orthogonal(64, 128)
    back = encoder.layers[0].self_attn
    replace(back.q_proj.weight, CIRCUIT, FAST, BACK_SHARPNESS * one_back())
    replace(back.k_proj.weight, CIRCUIT, FAST, BACK_SHARPNESS * torch.eye(64)[interleaved()])
    replace(back.v_proj.weight, CIRCUIT, TOKENS, note)
    back.out_proj.weight[:, CIRCUIT] = 0
    back.out_proj.weight[NOTES, CIRCUIT] = torch.eye(64)
    for layer in decoder.layers[1:]:
        match, mirror = layer.encoder_attn, orthogonal(128, 128)
        replace(match.q_proj.weight, CIRCUIT, TOKENS, MATCH_SHARPNESS * note)
        replace(match.k_proj.weight, CIRCUIT, NOTES, MATCH_SHARPNESS * torch.eye(64))
        replace(match.v_proj.weight, COPYING, TOKENS, mirror)
        match.out_proj.weight[:, COPYING] = 0
        match.out_proj.weight[TOKENS, COPYING] = COPY_STRENGTH * mirror.T
