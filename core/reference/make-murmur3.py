"""Writes murmur3.json: what MurmurHash3_x86_32 gives for some texts, for traffic.test.ts to compare with.

pip install mmh3==5.3.1 && python core/reference/make-murmur3.py
"""
import json
from importlib.metadata import version
from pathlib import Path

import mmh3

TEXTS = ["", "a", "aa", "aaa", "aaaa", "abcd", "Hello, world!", "ππππππππ", "customer-17", "\u0000", "x" * 1000]
SEEDS = [0, 1, 0x9747B28C, 0xFFFFFFFF]
cases = [{"text": text, "seed": seed, "hash": mmh3.hash(text, seed, signed=False)} for text in TEXTS for seed in SEEDS]
Path(__file__).with_name("murmur3.json").write_text(json.dumps({"made": f"mmh3 {version('mmh3')}", "cases": cases}, indent=1) + "\n")
