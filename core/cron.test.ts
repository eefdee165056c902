import { expect, it } from 'vitest';
import { cronFault, cronParts } from './cron.js';

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
  ['0 6 31 2 *', '"0 6 31 2 *" never comes'],
  ['0 6 30,31 feb *', 'never comes'],
  ['0 6 31 4,6,9,11 *', 'never comes'],
  ['0 0 29 2 * 2023', 'never comes'],
  ['0 0 0 31/1 2 * *', 'never comes'],
])('%s is none', (text, said) => expect(cronFault(text)).toContain(said));

it.each([['0 0 29 2 *'], ['0 0 29 2 * 2024-2028'], ['0 0 31 2-3 *'], ['0 0 */31 2 *'], ['0 6 31 2 5']])(
  '%s comes now and then',
  (text) => expect(cronFault(text)).toBeUndefined(),
);

it.each([
  ['0 6 13 * 5', ['0 6 13 * *', '0 6 * * 5']],
  ['0 0 6 1,15 * mon 2030', ['0 0 6 1,15 * * 2030', '0 0 6 * * mon 2030']],
  ['0 6 */2 * 5', ['0 6 */2 * 5']],
  ['0 6 13 * *', ['0 6 13 * *']],
  ['  30 6  * * 1', ['30 6 * * 1']],
  ['@daily', ['@daily']],
])('a day of the month and a weekday mean either: %s', (text, parts) => expect(cronParts(text)).toEqual(parts));
