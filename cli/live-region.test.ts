import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LiveRegion } from './live-region.js';

const ESCAPE = '\u001b';

/** What a terminal shows after these bytes: lines, with the two sequences that a region uses (ECMA-48 CUU and ED). */
function screen(bytes: string): string[] {
  const lines: string[] = [''];
  let row = 0;
  for (const part of bytes.split(new RegExp(`(${ESCAPE}\\[\\d+A|${ESCAPE}\\[J|\n)`))) {
    const up = new RegExp(`${ESCAPE}\\[(\\d+)A`).exec(part);
    if (up) row -= Number(up[1]);
    else if (part === `${ESCAPE}[J`) lines.splice(row, lines.length, '');
    else if (part === '\n') lines[++row] ??= '';
    else lines[row] = (lines[row] ?? '') + part;
  }
  return lines.slice(0, -1);
}

function region(size: { columns?: number; rows?: number } = {}): { region: LiveRegion; shown: () => string[] } {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, ...size });
  let bytes = '';
  stream.on('data', (chunk: string) => (bytes += chunk));
  return { region: new LiveRegion(stream as unknown as NodeJS.WriteStream), shown: () => screen(bytes) };
}

describe('lines that are drawn over', () => {
  it('stay below what is printed for good, and leave nothing behind', () => {
    const { region: live, shown } = region({ columns: 40, rows: 10 });
    live.show(['a 1', 'b 1', 'c 1']);
    live.show(['a 2']);
    live.print('first');
    live.show(['a 3', 'b 3']);
    live.print('second');
    expect(shown()).toEqual(['first', 'second', 'a 3', 'b 3']);
    live.clear();
    expect(shown()).toEqual(['first', 'second']);
  });

  it('never wrap and never fill the screen, or moving up would miss them', () => {
    const { region: live, shown } = region({ columns: 10, rows: 5 });
    live.show(Array.from({ length: 9 }, (_, i) => `${i} is a long line`));
    expect(shown()).toEqual(['0 is a l…', '1 is a l…', '2 is a l…']);
  });

  it('take a terminal of unknown size for one of 80 columns', () => {
    const { region: live, shown } = region({ columns: 0, rows: 0 });
    live.show(['x'.repeat(100)]);
    expect(shown()).toEqual([`${'x'.repeat(78)}…`]);
  });
});
