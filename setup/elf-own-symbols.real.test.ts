import { execFileSync } from 'node:child_process';
import { closeSync, copyFileSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamicNames } from './elf.js';
import { bindOwnSymbols } from './elf-own-symbols.js';
import { findCompiler } from './tensorflow-build.js';

const folder = mkdtempSync(join(tmpdir(), 'trainyard-elf-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const isHere = process.platform === 'linux' && process.arch === 'x64' && findCompiler() !== undefined;

const base = `
  #include <string>
  struct Counter { virtual ~Counter(); virtual std::string name(); int seen = 0; };
  int from_main_library();
  int twice() { return 2 * from_main_library(); }
  int shared_state = 5;
`;
/** Enough names that the tables take pages; what is used in each way that a relocation can say. */
const main = `
  #include <map>
  #include <stdexcept>
  #include <string>
  #include <thread>
  struct Counter { virtual ~Counter(); virtual std::string name(); int seen = 0; };
  Counter::~Counter() {}
  std::string Counter::name() { return "counter " + std::to_string(++seen); }
  template <int N> struct Much { static int value; virtual int get() { return value + N; } };
  template <int N> int Much<N>::value = N;
  template <int N> int sum() { static Much<N> one; return one.get() + sum<N - 1>(); }
  template <> int sum<0>() { return 0; }
  extern int shared_state;
  int own_state = 11;
  int *pointer_to_own = &own_state;
  thread_local int each_thread = 3;
  int (*pointer_to_function)() = &sum<400>;
  int twice();
  int from_main_library() { return 21; }
  struct Started { Started() { own_state += 1; } } started;
  extern "C" const char *everything() {
    static std::string said;
    Counter one;
    int other = 0;
    std::thread([&] { each_thread += 1; other = each_thread; }).join();
    try { throw std::runtime_error("thrown"); } catch (const std::exception &error) { said = error.what(); }
    std::map<std::string, int> counted{{one.name(), *pointer_to_own}, {"function", pointer_to_function()}};
    for (const auto &[name, number] : counted) said += " " + name + "=" + std::to_string(number);
    said += " twice=" + std::to_string(twice()) + " thread=" + std::to_string(other + each_thread);
    return (said += " shared=" + std::to_string(shared_state)).c_str();
  }
`;
const program = `
  #include <cstdio>
  extern "C" const char *everything();
  extern int shared_state;
  int main() { shared_state = 8; std::puts(everything()); }
`;

const compile = (name: string, text: string, ...more: string[]): string => {
  writeFileSync(join(folder, `${name}.cc`), text);
  const target = join(folder, name);
  execFileSync(findCompiler()!, ['-std=c++17', '-O1', '-fPIC', `${target}.cc`, ...more, '-o', target], { cwd: folder });
  return target;
};

const namesIn = (library: string): ReadonlySet<string> => {
  const file = openSync(library, 'r');
  try {
    return dynamicNames(file)!;
  } finally {
    closeSync(file);
  }
};

let [other, library, user] = ['', '', ''];
beforeAll(() => {
  if (!isHere) return;
  const run = '-Wl,-rpath,$ORIGIN';
  other = compile('libother.so', base, '-shared');
  library = compile(
    'libmain.so',
    main,
    '-shared',
    other,
    run,
    '-pthread',
    '-fno-gnu-unique',
    '-Wl,-s',
    '-ftemplate-depth=2000',
  );
  user = compile('user', program, library, other, run, '-pthread');
}, 60_000);

const said = (): string => execFileSync(user, { encoding: 'utf8' });

test.runIf(isHere)('a library that is bound to its own symbols does what it did, and is smaller', () => {
  const before = said();
  expect(before).toContain('twice=42');
  const size = statSync(library).size;
  const shared = new Set([...namesIn(other), ...namesIn(user)]);
  expect(bindOwnSymbols(library, shared)).toBe(true);
  expect(said()).toBe(before);
  expect(execFileSync(user, { encoding: 'utf8', env: { LD_BIND_NOW: '1' } })).toBe(before);
  expect(statSync(library).size).toBeLessThan(size);
  const names = namesIn(library);
  expect([...names].filter((name) => name.startsWith('_Z3sum'))).toEqual([]);
  // What the others ask for by name is there as before: a value, a function, a class.
  for (const name of ['everything', 'shared_state', '_Z17from_main_libraryv']) expect(names).toContain(name);
  const bound = readFileSync(library);
  expect(bindOwnSymbols(library, shared)).toBe(false);
  expect(readFileSync(library)).toEqual(bound);
});

test('a file that is no such library stays as it is', () => {
  const file = join(folder, 'text.so');
  copyFileSync(new URL(import.meta.url), file);
  const bytes = readFileSync(file);
  expect(bindOwnSymbols(file, new Set())).toBe(false);
  expect(readFileSync(file)).toEqual(bytes);
});
