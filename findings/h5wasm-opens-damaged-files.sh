#!/usr/bin/env bash
# h5wasm opens a file that is cut short, or is no HDF5 at all, without an error.
#
# Seen with h5wasm 0.10.3 (HDF5 2.0.0). `new File(path, 'r')` of a damaged file looks as if it had worked: the library writes its reasons
# to the process's standard error, and gives an object whose `file_id` is -1. What fails is the first question to it, with "error - name
# not defined!", which says nothing of the file. Switched on by `activate_throwing_error_handler()`, the handler of errors throws at once.
#
# Needs: npm. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts h5wasm@0.10.3
cat >open.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import h5wasm from 'h5wasm/node';
const library = await h5wasm.ready;
writeFileSync('none.h5', 'this is no HDF5');
const opened = (path) => {
  try {
    return String(new h5wasm.File(path, 'r').file_id);
  } catch (error) {
    return error.message.split('\n')[0];
  }
};
const quiet = opened('none.h5');
library.activate_throwing_error_handler();
const told = opened('none.h5');
console.log(`as it comes: file_id ${quiet}; with the handler: ${told}`);
if (quiet !== '-1' || !/HDF5-DIAG/.test(told)) process.exit(1);
JS
node open.mjs 2>/dev/null || { echo 'this has changed'; exit 1; }
