/** Name and range of each field, both ends included; some fields know names as well. */
const FIELDS = [
  { name: 'second', from: 0, to: 59 },
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, words: 'jan feb mar apr may jun jul aug sep oct nov dec' },
  { name: 'weekday', from: 0, to: 7, words: 'sun mon tue wed thu fri sat' },
  { name: 'year', from: 2000, to: 2100 },
];
type Field = (typeof FIELDS)[number];

const NAMED = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every \S+)$/;
const EXPECTED = "five fields such as '30 6 * * *' (minute hour day month weekday)";

/**
 * What is wrong with a cron text as Temporal takes it: five fields, six with the year, seven with the second before and
 * the year behind, or a name such as `@daily`. Undefined when nothing is.
 */
export function cronFault(text: string): string | undefined {
  if (text.startsWith('@')) return NAMED.test(text) ? undefined : `"${text}" is no time; ${EXPECTED}`;
  const parts = text.trim().split(/\s+/);
  if (parts.length < 5 || parts.length > 7) return EXPECTED;
  const fields = FIELDS.slice(parts.length === 7 ? 0 : 1);
  for (const [index, part] of parts.entries()) {
    const field = fields[index];
    if (field && !part.split(',').every((one) => isTimes(one, field)))
      return `"${part}" is no ${field.name}; ${field.from} to ${field.to}, *, a range 1-5, a step */5, or several with commas`;
  }
  return cronParts(text).every(isNever) ? `"${text}" never comes: no such month has so many days` : undefined;
}

/** The expressions that a cron text stands for. */
export function cronParts(text: string): string[] {
  if (text.startsWith('@')) return [text];
  const parts = text.trim().split(/\s+/);
  const [day, weekday] = placesOf(parts);
  // Cron takes a day of the month and a weekday as either, unless one begins with *; Temporal takes them as both.
  if (parts[day]?.startsWith('*') !== false || parts[weekday]?.startsWith('*') !== false) return [parts.join(' ')];
  return [weekday, day].map((open) => parts.map((part, at) => (at === open ? '*' : part)).join(' '));
}

const placesOf = (parts: readonly string[]): [day: number, weekday: number] => (parts.length === 7 ? [3, 5] : [2, 4]);

const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether its days come in none of its months and years. */
function isNever(text: string): boolean {
  if (text.startsWith('@')) return false;
  const parts = text.split(' ');
  const [day] = placesOf(parts);
  const timesOf = (at: number, name: string): number[] => {
    const field = FIELDS.find((one) => one.name === name) as Field;
    return (parts[at] ?? '*').split(',').flatMap((one) => times(one, field));
  };
  const first = Math.min(...timesOf(day, 'day'));
  const years = timesOf(parts.length === 7 ? 6 : 5, 'year');
  const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const longest = (month: number): number => (month === 2 && !years.some(isLeap) ? 28 : (LONGEST[month - 1] as number));
  return timesOf(day + 1, 'month').every((month) => longest(month) < first);
}

/** All values that one part of a valid field stands for. */
function times(text: string, field: Field): number[] {
  const [span = '', step = '1'] = text.split('/');
  const ends = span === '*' ? [field.from, field.to] : span.split('-').map((end) => valueOf(end, field) ?? field.from);
  const [first = field.from, last = text.includes('/') ? field.to : first] = ends;
  return Array.from({ length: Math.floor((last - first) / Number(step)) + 1 }, (_, k) => first + k * Number(step));
}

/** `*`, `5`, `mon`, `1-5`, any of them with a step: `*\/15`. */
function isTimes(text: string, field: Field): boolean {
  const [span = '', step, ...more] = text.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (span === '*') return true;
  const ends = span.split('-').map((end) => valueOf(end, field));
  const [first, last = first] = ends;
  return ends.length <= 2 && first !== undefined && last !== undefined && first <= last;
}

function valueOf(text: string, { from, to, words }: Field): number | undefined {
  const named = words?.split(' ').indexOf(text.toLowerCase()) ?? -1;
  const value = named >= 0 ? named + (from === 1 ? 1 : 0) : /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= from && value <= to ? value : undefined;
}
