"""The compiled graph in Python's ONNX Runtime, and the GPU script on a processor: npm run test:python."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import compiled_graph

CHECKPOINTS = compiled_graph.PROJECT / "test" / "reference" / "checkpoints"


class CompiledGraph(unittest.TestCase):
    def test_answers_as_transformers_does(self):
        for name in ("blenderbot-safetensors", "blenderbot-small-safetensors"):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                lines = (CHECKPOINTS / name / "cases.jsonl").read_text().splitlines()
                cases = [json.loads(line) for line in lines]
                model = Path(folder) / "model"
                compiled_graph.compile_model(CHECKPOINTS / name, model, "fp32")
                session = compiled_graph.open_graph(model, ["CPUExecutionProvider"])
                for case, feeds in zip(cases, compiled_graph.feeds_for(model, cases), strict=True):
                    sequences, scores = compiled_graph.answers(session, feeds)
                    wanted = case["parameters"].get("num_return_sequences", 1)
                    self.assertEqual([row[:wanted] for row in sequences], case["sequences"])
                    for row, expected in zip(scores, case["scores"] or []):
                        for score, right in zip(row, expected):
                            self.assertAlmostEqual(score, right, delta=1e-3)


class GpuGeneration(unittest.TestCase):
    def test_runs_on_a_processor(self):
        with tempfile.TemporaryDirectory() as folder:
            small = ["--shape", "tiny", "--rows", "1,2", "--beams", "1,4", "--inputs", "24", "--length", "16"]
            script = Path(__file__).with_name("gpu_generation.py")
            where = ["--provider", "cpu", "--runs", "1", "--work", folder, "--out", folder]
            # More threads than free cores make torch's small operators wait for each other.
            environment = {**os.environ, "OMP_NUM_THREADS": "1"}
            command = [sys.executable, script, *where, *small]
            subprocess.run(command, env=environment, check=True, capture_output=True)
            cases = json.loads((Path(folder) / "cpu.json").read_text())["cases"]
            self.assertEqual([(case["rows"], case["beams"]) for case in cases], [(1, 1), (1, 4), (2, 1), (2, 4)])
            for case in cases:
                self.assertEqual(case["same_rows"], case["rows"])
                self.assertEqual(case["profile"]["memcpy_nodes_in_loop"], 0)
                self.assertEqual(case["profile"]["loops"], 1)
                self.assertGreater(case["ratio"], 0)


if __name__ == "__main__":
    unittest.main()
