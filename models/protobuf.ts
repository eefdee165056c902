/** A message in protobuf's wire format, written field by field (https://protobuf.dev/programming-guides/encoding). */
export class Message {
  private readonly parts: Uint8Array[] = [];

  /** An integer, enum or boolean; negative ones as 64-bit two's complement. */
  integer(field: number, value: number | boolean): this {
    this.parts.push(varint(field * 8), varint(BigInt.asUintN(64, BigInt(value))));
    return this;
  }

  /** A 32-bit float. */
  float(field: number, value: number): this {
    this.parts.push(varint(field * 8 + 5), new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  /** Text, bytes, or a message within. */
  bytes(field: number, value: string | Uint8Array | Message): this {
    const content =
      typeof value === 'string' ? new TextEncoder().encode(value) : value instanceof Message ? value.finish() : value;
    this.parts.push(varint(field * 8 + 2), varint(content.length), content);
    return this;
  }

  /** Repeated integers, packed. */
  integers(field: number, values: readonly number[]): this {
    return this.bytes(field, concatenate(values.map((value) => varint(BigInt.asUintN(64, BigInt(value))))));
  }

  finish(): Uint8Array {
    return concatenate(this.parts);
  }
}

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let left = BigInt(value);
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  bytes.push(Number(left));
  return Uint8Array.from(bytes);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
