#!/usr/bin/env bash
# Makes the embedded model from nothing, as it was made: a corpus, a tokenizer, one pass of training. Less than 40 minutes on
# two CPU cores that do nothing else.
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
python train.py --corpus "$work/corpus.jsonl" --work "$work" --model "$model" --steps 10000
