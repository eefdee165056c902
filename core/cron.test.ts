import { expect, it } from 'vitest';
import { cronFault } from './cron.js';

it.each([
  ['30 6 * * *'],
  ['*/15 8-18 * * mon-fri'],
  ['0 0 1,15 JAN,jul 0'],
  ['5/20 * * * 7'],
  ['0 12 25 12 * 2030'],
  ['30 0 12 25 12 * 2030'],
  ['@daily'],
  ['@every 90m'],
])('%s is a time', (text) => expect(cronFault(text)).toBeUndefined());

it.each([
  ['* *', 'five fields'],
  ['* * * * * * * *', 'five fields'],
  ['60 * * * *', '"60" is no minute; 0 to 59'],
  ['* 24 * * *', '"24" is no hour'],
  ['* * 0 * *', '"0" is no day; 1 to 31'],
  ['* * * 13 *', '"13" is no month'],
  ['* * * * fun', '"fun" is no weekday'],
  ['5-1 * * * *', '"5-1" is no minute'],
  ['*/0 * * * *', '"*/0" is no minute'],
  ['1,,2 * * * *', '"1,,2" is no minute'],
  ['@fortnightly', '"@fortnightly" is no time'],
])('%s is none', (text, said) => expect(cronFault(text)).toContain(said));
