"""Runs a compiled graph once under the runtime's profiler: MODEL FOLDER PROVIDER..., the request on standard input.

A script of its own: it starts without torch, and ends with nothing but the profile in the folder.
"""

import json
import sys
from pathlib import Path

import compiled_graph

model, folder, *providers = sys.argv[1:]
session = compiled_graph.open_graph(model, providers, Path(folder) / "run")
[feeds] = compiled_graph.feeds_for(model, [json.load(sys.stdin)])
session.run(None, feeds)
session.end_profiling()
