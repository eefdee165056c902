#!/usr/bin/env bash
# DuckDB's binding for Node takes U+FEFF off the beginning of every text cell that it reads into JavaScript.
#
# Seen with @duckdb/node-api 1.5.6-r.1. The cell is whole in the database: its length is 2, a query compares it as it is, and a file
# gets it whole. What comes to JavaScript has one character, since the binding decodes each cell with one `new TextDecoder()`,
# which takes a byte order mark for the beginning of a file. Two different cells become equal so, without a word: categories,
# keys and arguments of functions in JavaScript among them.
#
# Needs: npm. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @duckdb/node-api@1.5.6-r.1
cat >read.mjs <<'JS'
import { DuckDBInstance } from '@duckdb/node-api';
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const reader = await connection.runAndReadAll(`SELECT chr(65279) || 'x' AS cell, length(chr(65279) || 'x')::INT AS length`);
const [[cell, length]] = reader.getRows();
console.log(`length in the database: ${length}, in JavaScript: ${cell.length}`);
if (length !== 2 || cell.length !== 1) process.exit(1);
JS
node read.mjs || { echo 'this has changed'; exit 1; }
