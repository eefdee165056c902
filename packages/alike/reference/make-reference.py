"""Pairs of similar texts by datasketch, and hashes of pictures by imagehash, for the tests of this package to compare with.

Run in the project's folder, with datasketch, imagehash, numpy and pillow installed:
    python3 packages/alike/reference/make-reference.py
"""

import base64
import io
import json
import struct
import zlib
from importlib.metadata import version
from pathlib import Path

import imagehash
import numpy as np
from datasketch import MinHash, MinHashLSH
from PIL import Image, ImageDraw, ImageEnhance

HERE = Path(__file__).parent
rng = np.random.default_rng(3)

# Texts: some of a few words in common, some of them changed here and there.
WORDS = ["".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), rng.integers(3, 9))) for _ in range(400)]
texts = []
for _ in range(60):
    base = list(rng.choice(WORDS, rng.integers(20, 40)))
    texts.append(" ".join(base))
    for _ in range(rng.integers(0, 4)):
        for _ in range(rng.integers(1, 4)):
            base[rng.integers(len(base))] = rng.choice(WORDS)
        texts.append(" ".join(base))
texts = [texts[i] for i in rng.permutation(len(texts))]
pieces = [{text[i : i + 5] for i in range(len(text) - 4)} for text in texts]
lsh = MinHashLSH(threshold=0.8, num_perm=256, weights=(0.1, 0.9))
hashes = []
for i, some in enumerate(pieces):
    one = MinHash(num_perm=256, seed=1)
    one.update_batch([piece.encode() for piece in some])
    hashes.append(one)
    lsh.insert(i, one)
jaccard = lambda a, b: len(pieces[a] & pieces[b]) / len(pieces[a] | pieces[b])
count = len(texts)
pairs = [(i, j) for i in range(count) for j in range(i + 1, count) if jaccard(i, j) >= 0.8]
# What datasketch finds of them: it overlooks some at this threshold.
found = [(i, j) for i, j in pairs if j in lsh.query(hashes[i])]



def picture(seed):
    """Waves and shapes: what no two seeds have in common."""
    draw = np.random.default_rng(seed)
    y, x = np.mgrid[0:60, 0:84]
    waves = sum(
        draw.normal() * np.sin(draw.uniform(0.02, 0.25) * x + draw.uniform(0.02, 0.25) * y + draw.uniform(0, 6))
        for _ in range(5)
    )
    scaled = (waves - waves.min()) / (waves.max() - waves.min()) * 255
    image = Image.fromarray(scaled.astype(np.uint8)).convert("RGB")
    canvas = ImageDraw.Draw(image)
    for _ in range(3):
        left, top = (int(v) for v in draw.integers(0, 50, 2))
        canvas.ellipse([left, top, left + 24, top + 18], fill=tuple(int(v) for v in draw.integers(0, 255, 3)))
    return image


def interlaced(image):
    """A gray PNG in Adam7's seven passes, which Pillow reads and does not write."""
    pixels = np.asarray(image.convert("L"))
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    body = b"".join(
        b"\0" + line.tobytes() for left, top, across, down in passes for line in pixels[top::down, left::across]
    )
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 0, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def written(image, **how):
    file = io.BytesIO()
    image.save(file, **how)
    return file.getvalue()


def over_white(image):
    """What is transparent is white; Pillow's own conversion to gray shows the colour behind it."""
    if image.mode not in ("RGBA", "LA") and "transparency" not in image.info:
        return image
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def transparent(image):
    """Pictures whose shapes are in the opacity: of black, of colours, of a palette, and of one colour alone."""
    shape = image.convert("L")
    coloured = image.rotate(180)
    coloured.putalpha(shape)
    few = image.quantize(16)
    level = int(np.sort(np.asarray(shape), axis=None)[shape.width * shape.height // 2])
    colours = image.quantize(4).convert("RGB")
    return {
        "black of an opacity": written(Image.merge("LA", [Image.new("L", shape.size, 0), shape]).convert("RGBA"), format="png"),
        "gray of an opacity": written(Image.merge("LA", [shape.rotate(180), shape]), format="png"),
        "colours of an opacity": written(coloured, format="png", optimize=True),
        "palette of an opacity": written(few, format="png", transparency=bytes(17 * i for i in range(16))),
        "one gray is transparent": written(shape, format="png", transparency=level),
        "one colour is transparent": written(colours, format="png", transparency=colours.getpixel((0, 0))),
    }


def hashed(seed, kinds):
    return [
        {
            "of": seed,
            "kind": kind,
            "image": base64.b64encode(data).decode(),
            "phash": str(imagehash.phash(over_white(Image.open(io.BytesIO(data))))),
        }
        for kind, data in kinds.items()
    ]


pictures = []
for seed in range(6):
    image = picture(seed)
    kinds = {
        "rgb": written(image, format="png", optimize=True),
        "gray": written(image.convert("L"), format="png", optimize=True),
        "two colours": written(image.convert("1"), format="png"),
        "palette": written(image.quantize(16), format="png"),
        "alpha": written(image.convert("RGBA"), format="png"),
        "gray and alpha": written(image.convert("LA"), format="png"),
        "interlaced": interlaced(image),
        "small": written(image.resize((42, 30)), format="png"),
        "large": written(image.resize((101, 71)).convert("L"), format="png"),
        "bright": written(ImageEnhance.Brightness(image).enhance(1.15), format="png", optimize=True),
        "jpeg": written(image, format="jpeg", quality=70),
        "jpeg, progressive": written(image, format="jpeg", quality=85, progressive=True),
        "jpeg, gray": written(image.convert("L"), format="jpeg", quality=50),
    }
    pictures += hashed(seed, kinds)

out = {
    "versions": {name: version(name) for name in ["datasketch", "imagehash", "numpy", "pillow"]},
    "texts": texts,
    "pairs": pairs,
    "datasketch": found,
    "pictures": pictures,
    # They show something else than the pictures above that they are made of.
    "transparent": [one for seed in range(3) for one in hashed(seed, transparent(picture(seed)))],
}
(HERE / "alike.json").write_text(json.dumps(out, default=int) + "\n")
print(len(texts), len(pairs), len(found), len(pictures))
