import { TrainyardError, type Code } from '@trainyard/errors';

/** One kind of set-up failure: what to say, what would have been right, and what to do. Placeholders `{name}` take values. */
interface Fault {
  readonly code: Code;
  readonly message: string;
  readonly expected: string;
  readonly remedy: string;
}

const faults = {
  platform: {
    code: 'TY-SETUP',
    message: '{what} is not published for {platform}.',
    expected: 'linux or macOS on x64 or arm64.',
    remedy: 'Install {what} yourself. It can be named by an environment variable: {variable}=/path/to/{what}',
  },
  path: {
    code: 'TY-SETUP',
    message: '{variable} names "{path}", which is not a program that can be run.',
    expected: 'the full path of an executable file.',
    remedy: 'Correct {variable}, or unset it: {what} is then looked for on the PATH and fetched if it is not there.',
  },
  notFound: {
    code: 'TY-SETUP',
    message: '{what} has not been fetched yet.',
    expected: '{what} on the PATH, in {variable}, or in the tools folder {folder}.',
    remedy: 'Run: npx trainyard setup (npx trainyard dev fetches it too)',
  },
  python: {
    code: 'TY-SETUP',
    message: 'Python 3 with pip is needed to fetch {what}, and was not found ({reason}).',
    expected: 'a python3 whose "python3 -m pip --version" works; it is used to fetch, nothing is installed into it.',
    remedy:
      'Install it (Debian, Ubuntu: apt-get install python3-pip), or name one: TRAINYARD_PYTHON=/path/to/python3, or install {what} yourself.',
  },
  interpreter: {
    code: 'TY-SETUP',
    message: 'Python {version} is needed for Python nodes, and was not found ({reason}).',
    expected: 'python{minor} or python3 on the PATH, or one named by TRAINYARD_PYTHON, of version {version}.',
    remedy:
      'Install Python {version}, name one (TRAINYARD_PYTHON=/path/to/python{minor}), or state in python(…) the version that is here.',
  },
  download: {
    code: 'TY-DOWNLOAD',
    message: '{what} could not be fetched: {reason}',
    expected: 'the file pinned in {pins}, with its hash.',
    remedy:
      'Check the network and the package index that pip or npm is set to use (pip config list, npm config list), then try again: what is complete is kept.',
  },
  hash: {
    code: 'TY-DOWNLOAD',
    message: '{what} was fetched, but it is not the file that was pinned: {reason}',
    expected: 'a hash named in {pins}.',
    remedy:
      'Do not use the file. Look at the package index that pip or npm is set to use: it serves something else under this name.',
  },
  archive: {
    code: 'TY-DOWNLOAD',
    message: 'The archive {file} cannot be unpacked: {reason}',
    expected: 'a plain zip file whose entries stay inside the folder they are unpacked to.',
    remedy: 'Remove the tools folder and run: npx trainyard setup',
  },
  space: {
    code: 'TY-SETUP',
    message: 'There is not enough disk space in {folder}: {free} free, {needed} needed for {what}.',
    expected: '{needed} free.',
    remedy: 'Free some space, or put the tools elsewhere: TRAINYARD_CACHE=/another/folder',
  },
  incomplete: {
    code: 'TY-SETUP',
    message: 'The file {file} of the package trainyard was not found from {from}.',
    expected: 'the package as it was published, with all its files.',
    remedy: 'Install it again: npm install trainyard',
  },
  tensorflow: {
    code: 'TY-SETUP',
    message: 'TensorFlow could not be loaded: {reason}',
    expected:
      'the native binding in the tools folder, or TensorFlow.js in the folder dist/portable-tensorflow of the package.',
    remedy: 'Run: npx trainyard doctor',
  },
  npm: {
    code: 'TY-DOWNLOAD',
    message: '{what} could not be installed by npm: {reason}',
    expected: 'the packages of {pins}, with their hashes.',
    remedy: 'Check the network and the registry that npm is set to use (npm config list), then try again.',
  },
  compiler: {
    code: 'TY-SETUP',
    message: 'No C++ compiler was found; the native binding of TensorFlow is built with one.',
    expected: 'g++, c++ or clang++ on the PATH, or one named by CXX.',
    remedy:
      'Install it (Debian, Ubuntu: apt-get install g++; macOS: xcode-select --install), then run: npx trainyard setup',
  },
  build: {
    code: 'TY-SETUP',
    message: 'The binding of TensorFlow was not built: {reason}',
    expected: 'a binding that {compiler} builds and Node loads.',
    remedy: 'Run: npx trainyard doctor',
  },
  chromium: {
    code: 'TY-SETUP',
    message: 'No Chromium was found ({reason}).',
    expected:
      'chromium, chromium-browser or google-chrome on the PATH, or the development package @sparticuz/chromium.',
    remedy: 'Install one, or name it: TRAINYARD_CHROMIUM=/path/to/chromium. Only the browser tests need it.',
  },
  portInUse: {
    code: 'TY-PORT-IN-USE',
    message: 'Port {port}, wanted for {what}, is in use{holder}.',
    expected: 'a free port on the loopback address.',
    remedy: 'Stop that program, or choose another port (0 takes any free one).',
  },
  dataInUse: {
    code: 'TY-SETUP',
    message: '{what} already runs on {data}: process {pid}, started by process {owner}.',
    expected: 'one server for each {data}.',
    remedy: 'Stop that one first (kill {owner}), or choose another folder for the data.',
  },
  notStarted: {
    code: 'TY-SETUP',
    message: '{what} did not start: {reason}',
    expected: 'an answer on {address} within {seconds} seconds.',
    remedy: 'The last lines of its log {logFile} say:\n{tail}',
  },
} as const satisfies Record<string, Fault>;

/** The error for one of these failures, with its values filled in. */
export function setupError(
  fault: keyof typeof faults,
  values: Record<string, string | number>,
  cause?: unknown,
): TrainyardError {
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? name));
  const { code, message, expected, remedy } = faults[fault];
  return new TrainyardError(code, { what: fill(message), expected: fill(expected), remedy: fill(remedy), cause });
}
