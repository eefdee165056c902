import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bar, cut, table, widthOf } from './terminal.js';

describe('text for the terminal', () => {
  it('aligns columns whatever their colours, and leaves out those that are empty', () => {
    const rows = [
      ['\u001b[32mdone\u001b[39m', '', '1 s'],
      ['failed', '', '12 s'],
    ];
    const plain = stripVTControlCharacters(table(['state', 'note', 'took'], rows, { right: ['took'] }));
    expect(plain.split('\n')).toEqual(['state   took', 'done     1 s', 'failed  12 s']);
  });

  it('keeps a column without a single value out, and a header alone in', () => {
    expect(widthOf(table(['a', 'b'], []))).toBe(4);
  });

  it('shows a table whole where that is asked for: a long cell pushes its own row, and no other', () => {
    const rows = [
      ['a', 'number', 'one'],
      ['b', 'a type that takes many words', 'two'],
    ];
    const plain = stripVTControlCharacters(table(['name', 'type', 'said'], rows, { whole: true, most: 8 }));
    expect(plain.split('\n').slice(1)).toEqual(['a     number  one', 'b     a type that takes many words  two']);
  });

  it('cuts by what is seen', () => {
    expect(cut('\u001b[31mred\u001b[39m', 3)).toBe('\u001b[31mred\u001b[39m');
    expect(cut('▶ a long name', 6)).toBe('▶ a l…');
  });

  it('draws bars of one width', () => {
    for (const fraction of [-1, 0, 0.33, 1, 7]) expect(bar(fraction, 10)).toHaveLength(10);
    expect(bar(0.5, 4)).toBe('██░░');
  });
});
