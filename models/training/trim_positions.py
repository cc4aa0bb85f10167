"""Cuts the model's positions to those where it answers well: what lies further back only leads it astray.

    python trim_positions.py --model ../tandem-mini --positions 72

Trained for half an hour, it often answers an earlier message than the newest one when its context is long. With fewer
positions Tandem gives it less of the past.
"""

import argparse
import json
import os

from safetensors.torch import load_file, save_file

TABLES = ("model.encoder.embed_positions.weight", "model.decoder.embed_positions.weight")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--positions", type=int, required=True)
    args = parser.parse_args()
    weights_path, config_path = (os.path.join(args.model, name) for name in ("model.safetensors", "config.json"))

    weights = load_file(weights_path)
    for table in TABLES:
        weights[table] = weights[table][: args.positions].contiguous()
    save_file(weights, weights_path, metadata={"format": "pt"})
    os.chmod(weights_path, 0o644)

    with open(config_path, encoding="utf-8") as file:
        config = json.load(file)
    config["max_position_embeddings"] = args.positions
    with open(config_path, "w", encoding="utf-8") as file:
        file.write(json.dumps(config, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
