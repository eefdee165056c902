import { TrainyardError } from '@trainyard/errors';

interface Fault {
  /** It may pass by itself. */
  readonly passes?: true;
  readonly said: RegExp;
  readonly say: (found: RegExpExecArray) => { what: string; expected: string; remedy: string };
}

const relock = 'write the lock again: npx trainyard python lock requirements.in';

/** What uv says when it cannot install, first match first: the package, and what to do. */
const FAULTS: readonly Fault[] = [
  {
    said: /Hash mismatch for `([^`]+)`/,
    say: ([, name]) => ({
      what: `${name} is there, but it is not the file that was locked`,
      expected: 'one of the hashes of the requirements',
      remedy: `look at the package index that pip or uv is set to use: it serves something else under this name; else ${relock}`,
    }),
  },
  {
    said: /no version of ([^\s]+==[^\s,]+)/,
    say: ([, name]) => ({
      what: `there is no ${name} in the package index`,
      expected: 'a version that is published',
      remedy: relock,
    }),
  },
  {
    said: /([\w.-]+) was not found in the (?:package registry|provided package locations|cache)/,
    say: ([, name]) => ({
      what: `there is no package ${name} in the package index`,
      expected: 'a package that is published',
      remedy: 'correct its name, or name the index that has it (pip config, UV_DEFAULT_INDEX)',
    }),
  },
  {
    said: /([\w.-]+==[^\s,]+) has no (?:wheels|usable wheels|source distribution)[^\n]*/,
    say: ([, name]) => ({
      what: `there is no wheel of ${name} for this Python and this kind of machine, and nothing is built from source`,
      expected: 'a wheel for this platform and this version of Python',
      remedy: `ask for a version that has one, or state another python in python(…); then ${relock}`,
    }),
  },
  {
    said: /(?:none|no trusted hash) (?:were|was) provided for: `?([^`\n]+)`?/,
    say: ([, name]) => ({
      what: `${name} is needed, and is not among the requirements with its hash`,
      expected: 'every package that is installed, also those that others need',
      remedy: relock,
    }),
  },
  {
    passes: true,
    said: /(?:Failed to fetch|error sending request|Could not connect|dns error|operation timed out)[^\n]*?(?= cause: |\n|$)/i,
    say: ([line]) => ({
      what: `the package index does not answer: ${line}`,
      expected: 'a package index that can be reached from this machine',
      remedy: 'check the network and the index that pip or uv is set to use; what is complete is kept',
    }),
  },
];

/** The error for what uv could not do (`failed`, a sentence), which names the package. */
export function sayUvFailure(failed: string, output: string, file: string, python: string): TrainyardError {
  // uv breaks its lines: the reasons are read as one.
  const said = output.replaceAll(/\n\s+/g, ' ');
  for (const { said: pattern, say, passes } of FAULTS) {
    const found = pattern.exec(said);
    if (!found) continue;
    const { what, expected, remedy } = say(found);
    return new TrainyardError(passes ? 'TY-DOWNLOAD' : 'TY-CODE', {
      what: `${failed}: ${what}`,
      where: { file },
      expected,
      remedy,
    });
  }
  const lines = said.split('\n').filter((line) => /error|cause|×|├|╰|because/i.test(line));
  return new TrainyardError('TY-DOWNLOAD', {
    what: `${failed}: ${(lines.at(-1) ?? said).trim().slice(0, 500) || 'uv said nothing'}`,
    where: { file },
    expected: `wheels of all packages for Python ${python}`,
    remedy: `correct the requirements, then ${relock}`,
  });
}
