#!/usr/bin/env bash
# Makes the embedded model from nothing, as it was made: two corpora, a tokenizer, two stages of training, fewer positions. Less
# than 40 minutes on two CPU cores that do nothing else.
#
#     pip install -r requirements.txt && bash make_model.sh [FOLDER FOR THE CORPORA] [FOLDER FOR THE MODEL]
#
# What was interrupted goes on from the state in the first folder: delete that to begin anew.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(realpath -m "${1:-$here/work}")
model=$(realpath -m "${2:-$here/../tandem-mini}")
mkdir -p "$work/conversations" "$work/longer" "$model"
cd "$here"

python -m dialogues.corpus --out "$work/conversations.jsonl"
python -m dialogues.corpus --out "$work/longer.jsonl" --seed 8 --examples 70000 --turns 3
python tokenizer.py --corpus "$work/conversations.jsonl" --out "$model/tokenizer.json"
python train.py --corpus "$work/conversations.jsonl" --work "$work/conversations" --model "$model" --steps 10000
# Then only replies that have something before the newest message, to tell the two apart.
python train.py --corpus "$work/longer.jsonl" --work "$work/longer" --model "$model" --go-on --peak 8e-4 --steps 2400
python trim_positions.py --model "$model" --positions 72
