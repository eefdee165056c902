const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Chunks without which a picture cannot be read; others of a capital letter are such too, and unknown. */
const KNOWN = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND']);

export interface Chunk {
  readonly kind: string;
  readonly body: Buffer;
}

/** The parts of a PNG, up to its end. Throws an Error where one is damaged, is missing, or stands twice. */
export function chunksOf(file: Buffer): Chunk[] {
  if (!file.subarray(0, 8).equals(SIGNATURE)) throw new Error('a PNG with a damaged signature');
  const chunks: Chunk[] = [];
  for (let at = 8; ;) {
    if (at + 12 > file.length) throw new Error('a PNG that breaks off');
    const end = at + 8 + file.readUInt32BE(at);
    if (end + 4 > file.length) throw new Error('a PNG that breaks off');
    const kind = file.toString('latin1', at + 4, at + 8);
    if (checksum(file.subarray(at + 4, end)) !== file.readUInt32BE(end))
      throw new Error(`a PNG whose part ${JSON.stringify(kind)} is damaged: its checksum is another`);
    if (/^[A-Z]/.test(kind) && !KNOWN.has(kind)) throw new Error(`a PNG of an unknown kind, with a part "${kind}"`);
    if (kind === 'IEND') return chunks;
    const once = kind === 'IHDR' || kind === 'PLTE' || kind === 'tRNS';
    if (once && chunks.some((chunk) => chunk.kind === kind)) throw new Error(`a PNG with two parts "${kind}"`);
    chunks.push({ kind, body: file.subarray(at + 8, end) });
    at = end + 4;
  }
}

/** CRC-32 of each byte, reflected (ISO 3309). */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** CRC-32: Node has one of its own from 20.15 on. */
export function checksum(bytes: Buffer): number {
  let rest = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) rest = TABLE[(rest ^ bytes[i]!) & 0xff]! ^ (rest >>> 8);
  return ~rest >>> 0;
}
