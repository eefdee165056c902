import type { Picture } from './gray.js';

/** Bits behind the point of weights. */
const POINT = 22;
const HALF = 2 ** (POINT - 1);
const LOBES = 3;

/** A picture of another size by Lanczos' filter with three lobes, first across, then down, rounded to 8 bits after each. */
export function resize(picture: Picture, width: number, height: number): Picture {
  const across = picture.width === width ? picture : resizeAcross(picture, width);
  if (across.height === height) return across;
  return turned(resizeAcross(turned(across), height));
}

function turned({ width, height, gray }: Picture): Picture {
  const out = new Uint8Array(gray.length);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) out[x * height + y] = gray[y * width + x]!;
  return { width: height, height: width, gray: out };
}

function resizeAcross({ width, height, gray }: Picture, to: number): Picture {
  const out = new Uint8Array(to * height);
  const scale = width / to;
  const stretch = Math.max(1, scale);
  for (let x = 0; x < to; x++) {
    const center = (x + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - LOBES * stretch + 0.5));
    const end = Math.min(width, Math.trunc(center + LOBES * stretch + 0.5));
    const raw = Array.from({ length: end - first }, (_, i) => lanczos((i + first - center + 0.5) / stretch));
    const total = raw.reduce((sum, one) => sum + one, 0);
    // Whole numbers, so that sums are exact.
    const weights = raw.map((one) => Math.trunc((one / total) * 2 ** POINT + (one < 0 ? -0.5 : 0.5)));
    for (let y = 0; y < height; y++) {
      let sum = HALF;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * gray[y * width + first + i]!;
      out[y * to + x] = Math.min(255, Math.max(0, Math.floor(sum / 2 ** POINT)));
    }
  }
  return { width: to, height, gray: out };
}

function lanczos(x: number): number {
  return x >= -LOBES && x < LOBES ? sinc(x) * sinc(x / LOBES) : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
