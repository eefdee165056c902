/** What the head of an image says. */
export interface ImageFacts {
  readonly format: 'png' | 'jpeg' | 'gif' | 'webp' | 'bmp';
  /** Pixels, as they are stored: a turn that a camera noted is not made. */
  readonly width: number;
  readonly height: number;
}

/** Reads the head of an image (PNG, JPEG, GIF, WebP, BMP); undefined for what is none. */
export function imageFacts(bytes: Buffer): ImageFacts | undefined {
  try {
    return png(bytes) ?? jpeg(bytes) ?? gif(bytes) ?? webp(bytes) ?? bmp(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function png(bytes: Buffer): ImageFacts | undefined {
  if (bytes.subarray(0, 8).toString('latin1') !== '\x89PNG\r\n\x1A\n') return undefined;
  return { format: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

function jpeg(bytes: Buffer): ImageFacts | undefined {
  if (bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at < bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes.readUInt8(at + 1);
    // Frames are the markers C0 to CF but for tables (C4), an extension (C8) and arithmetic conditions (CC).
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { format: 'jpeg', height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

function gif(bytes: Buffer): ImageFacts | undefined {
  if (!/^GIF8[79]a/.test(bytes.subarray(0, 6).toString('latin1'))) return undefined;
  return { format: 'gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
}

function webp(bytes: Buffer): ImageFacts | undefined {
  if (!/^RIFF....WEBP/s.test(bytes.subarray(0, 12).toString('latin1'))) return undefined;
  const chunk = bytes.subarray(12, 16).toString('latin1');
  if (chunk === 'VP8 ')
    return { format: 'webp', width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
  if (chunk === 'VP8X')
    return { format: 'webp', width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) };
  if (chunk !== 'VP8L') return undefined;
  const size = bytes.readUInt32LE(21);
  return { format: 'webp', width: 1 + (size & 0x3fff), height: 1 + ((size >>> 14) & 0x3fff) };
}

function bmp(bytes: Buffer): ImageFacts | undefined {
  if (bytes.subarray(0, 2).toString('latin1') !== 'BM') return undefined;
  return { format: 'bmp', width: bytes.readInt32LE(18), height: Math.abs(bytes.readInt32LE(22)) };
}
