import { refuseRequest } from '../request.js';
import { markedNumber } from './json-text.js';

/** A column as a request brings it, checked against its shape. */
export interface Column {
  readonly name: string;
  readonly values: readonly unknown[];
}

type Read = (view: DataView, at: number) => number | bigint | boolean;

interface Datatype {
  readonly bytes: number;
  readonly read: Read;
  /** Whole numbers: smallest and largest. */
  readonly range?: readonly [bigint, bigint];
}

const whole = (bits: number, signed: boolean, read: Read): Datatype => ({
  bytes: bits / 8,
  read,
  range: signed ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n] : [0n, (1n << BigInt(bits)) - 1n],
});

/** Numbers of the protocol, little-endian in binary form. `BYTES` are texts, each with its length before it. */
const DATATYPES: ReadonlyMap<string, Datatype> = new Map([
  ['BOOL', { bytes: 1, read: (view, at) => view.getUint8(at) !== 0 }],
  ['INT8', whole(8, true, (view, at) => view.getInt8(at))],
  ['INT16', whole(16, true, (view, at) => view.getInt16(at, true))],
  ['INT32', whole(32, true, (view, at) => view.getInt32(at, true))],
  ['INT64', whole(64, true, (view, at) => view.getBigInt64(at, true))],
  ['UINT8', whole(8, false, (view, at) => view.getUint8(at))],
  ['UINT16', whole(16, false, (view, at) => view.getUint16(at, true))],
  ['UINT32', whole(32, false, (view, at) => view.getUint32(at, true))],
  ['UINT64', whole(64, false, (view, at) => view.getBigUint64(at, true))],
  ['FP16', { bytes: 2, read: (view, at) => half(view.getUint16(at, true)) }],
  ['FP32', { bytes: 4, read: (view, at) => view.getFloat32(at, true) }],
  ['FP64', { bytes: 8, read: (view, at) => view.getFloat64(at, true) }],
] as const satisfies readonly (readonly [string, Datatype])[]);

export const KNOWN_DATATYPES = [...DATATYPES.keys(), 'BYTES'];
export const isDatatype = (name: unknown): name is string =>
  typeof name === 'string' && (name === 'BYTES' || DATATYPES.has(name));

/** A number of IEEE 754 in half precision. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The values of a tensor in binary form. Throws TY-PREDICT-INPUT that names the tensor and the row. */
export function valuesOfBytes(name: string, datatype: string, bytes: Buffer, count: number): unknown[] {
  if (datatype === 'BYTES') return textsOf(name, bytes, count);
  const { bytes: size, read } = DATATYPES.get(datatype)!;
  if (bytes.length !== size * count)
    refuseRequest(
      `input "${name}" has ${bytes.length} bytes of data`,
      name,
      `${size * count}: ${count} of ${datatype}, as its shape says`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, row) => {
    const value = read(view, row * size);
    return typeof value === 'bigint' ? exact(name, row, value) : missing(value);
  });
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textsOf(name: string, bytes: Buffer, count: number): string[] {
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length && texts.length < count) {
    const length = at + 4 <= bytes.length ? bytes.readUInt32LE(at) : Infinity;
    if (at + 4 + length > bytes.length)
      refuseRequest(`input "${name}", row ${texts.length}: its text ends before its length says`, name);
    try {
      texts.push(strict.decode(bytes.subarray(at + 4, at + 4 + length)));
    } catch {
      refuseRequest(`input "${name}", row ${texts.length} is no text in UTF-8`, name);
    }
    at += 4 + length;
  }
  if (texts.length !== count || at !== bytes.length)
    refuseRequest(`input "${name}" has other texts than its shape says`, name, `${count} texts, each after its length`);
  return texts;
}

/** The values of a tensor in JSON: flat, or nested as its shape is. NaN and null are missing. */
export function valuesOfJson(name: string, datatype: string, data: readonly unknown[]): unknown[] {
  const { range } = DATATYPES.get(datatype) ?? {};
  const flat: readonly unknown[] = data.some(Array.isArray) ? (data.flat() as unknown[]) : data;
  return flat.map((value, row) => {
    const marked = markedNumber(value);
    if (marked === undefined) {
      if (range && typeof value === 'number') checkWhole(name, row, datatype, value, range);
      return value;
    }
    if (datatype === 'BYTES' || datatype === 'BOOL')
      refuseRequest(`input "${name}", row ${row} must be ${datatype}, not the number ${marked}`, name);
    if (!/\d/.test(marked)) {
      if (range)
        refuseRequest(`input "${name}", row ${row}: ${marked} is no ${datatype}`, name, 'null where it is missing');
      return missing(Number(marked));
    }
    // A long literal of a fraction's type is rounded as every such number is.
    if (!range) return Number(marked);
    const value64 = BigInt(marked);
    if (value64 < range[0] || value64 > range[1])
      refuseRequest(`input "${name}", row ${row}: ${marked} is no ${datatype}`, name);
    return exact(name, row, value64);
  });
}

function checkWhole(
  name: string,
  row: number,
  datatype: string,
  value: number,
  [least, most]: readonly [bigint, bigint],
): void {
  if (Number.isInteger(value) && value >= Number(least) && value <= Number(most)) return;
  refuseRequest(
    `input "${name}", row ${row}: ${value} is no ${datatype}`,
    name,
    Number.isInteger(value) ? `${least} to ${most}` : 'a whole number; FP64 for fractions',
  );
}

const missing = (value: number | boolean): number | boolean | null =>
  typeof value === 'number' && Number.isNaN(value) ? null : value;

/** A 64-bit integer as a number, where it is the same number: another one is never scored in its place. */
function exact(name: string, row: number, value: bigint): number {
  const number = Number(value);
  if (BigInt(number) === value) return number;
  return refuseRequest(
    `input "${name}", row ${row}: ${value} cannot be held exactly, and another number is not scored in its place`,
    name,
    'whole numbers up to 9007199254740992, or larger ones that a double holds; send ids as BYTES',
  );
}

/** An output in binary form. */
export function bytesOf(datatype: 'BYTES' | 'FP64', values: readonly (string | number)[]): Buffer {
  if (datatype === 'FP64') {
    const bytes = Buffer.allocUnsafe(values.length * 8);
    values.forEach((value, i) => bytes.writeDoubleLE(value as number, i * 8));
    return bytes;
  }
  return Buffer.concat(
    values.flatMap((value) => {
      const text = Buffer.from(String(value));
      const length = Buffer.allocUnsafe(4);
      length.writeUInt32LE(text.length);
      return [length, text];
    }),
  );
}
