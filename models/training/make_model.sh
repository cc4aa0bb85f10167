#!/usr/bin/env bash
# Makes the embedded model from nothing, as it was made: a corpus, a tokenizer, three stages of training. About 40 minutes
# on two CPU cores that do nothing else.
#
#     pip install -r requirements.txt && bash make_model.sh [FOLDER FOR THE CORPUS] [FOLDER FOR THE MODEL]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(realpath -m "${1:-$here/work}")
model=$(realpath -m "${2:-$here/../tandem-mini}")
mkdir -p "$work" "$model"
cd "$here"

python -m dialogues.corpus --out "$work/corpus.jsonl"
python tokenizer.py --corpus "$work/corpus.jsonl" --out "$model/tokenizer.json"
python select_examples.py --corpus "$work/corpus.jsonl" --out "$work/mixture.jsonl"
# Whatever the simulator says, to learn the language and the form; then short conversations and repeated facts.
python train.py --corpus "$work/corpus.jsonl" --model "$model" --limit 78000
python train.py --corpus "$work/mixture.jsonl" --model "$model" --limit 75000 --resume --peak 8e-4
python train.py --corpus "$work/mixture.jsonl" --model "$model" --skip 75000 --resume --peak 6e-4
python trim_positions.py --model "$model" --positions 72
