#!/bin/sh
# Takes the two files from the Python package that carries them, and checks that they are those committed here.
# Needs: python3 with pip, unzip. Run in this folder.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip download --quiet --no-deps --dest "$folder" palmerpenguins==0.1.6
unzip -q "$folder"/palmerpenguins-0.1.6-*.whl 'palmerpenguins/data/*' -d "$folder"
cp "$folder"/palmerpenguins/data/penguins.csv "$folder"/palmerpenguins/data/penguins-raw.csv .
sha256sum -c SHA256SUMS
