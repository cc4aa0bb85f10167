"""Tandem's programs as child processes: started for real, on free ports of this machine, and ended in order."""

import json
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
NODE = os.environ.get("TANDEM_NODE", "node")
START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 30


class Program:
    """A program that writes its log as lines of JSON."""

    def __init__(self, script, *args, environment=None):
        self._lines = []
        self._heard = threading.Condition()
        self._process = subprocess.Popen(
            [NODE, str(PROJECT / script), *args],
            cwd=PROJECT,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def logged(self, event):
        """The first line of an event, as soon as it is written."""
        return self._first(lambda line: line.get("event") == event, f'no "{event}"')

    def wrote(self, text):
        """Waits until a line holds a text."""
        self._first(lambda line: text in line.get("text", ""), f'no line with "{text}"')

    def _first(self, is_wanted, missing):
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        with self._heard:
            while True:
                for line in self._lines:
                    if is_wanted(line):
                        return line
                left = deadline - time.monotonic()
                if self._process.poll() is not None or not self._heard.wait(timeout=max(left, 0)):
                    raise AssertionError(f"there was {missing}: {self._lines}")

    def stop(self):
        """Asks it to end, and returns its exit code."""
        self._process.terminate()
        try:
            return self._process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise

    def _listen(self):
        for line in self._process.stdout:
            with self._heard:
                self._lines.append(parsed(line))
                self._heard.notify_all()
        with self._heard:
            self._heard.notify_all()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def parsed(line):
    try:
        return json.loads(line)
    except ValueError:
        return {"text": line.rstrip()}
