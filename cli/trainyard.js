#!/usr/bin/env node
import { existsSync } from 'node:fs';

// A clone that nobody has built yet is made ready first, as by every command of the house; the package comes compiled.
const [program, ready] = ['../dist/cli/main.js', '../scripts/ready.mjs'].map((file) => new URL(file, import.meta.url));
if (!existsSync(program) && existsSync(ready)) {
  await (await import(ready.href)).ready().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
}
await import(program.href);
