import path from 'node:path';
import { TrainyardError } from '@trainyard/errors';

/** Where packages are looked for: such lines stand in a lock file beside the packages. */
const PLACES = /^(?:-i|--index-url|--extra-index-url|-f|--find-links)[ =]/;
const PINNED = /^[A-Za-z0-9][\w.-]*(?:\[[\w.,-]*\])?\s*(?:===?\s*[^\s;,*]+|@\s*\S+)(?:\s*;[^-].*?)?(?=\s+--hash=)/;
/** An address, a full path of a file, or what a variable holds. */
const FIXED = /^(?:(?!file:)[a-z][a-z+]*:\/\/|file:\/|\$\{)/i;
const HASHES = /(?:\s+--hash=sha(?:256|384|512):[0-9a-f]+)+$/;

/**
 * A requirements file without comments and layout: one line for each package, in the file's order. Throws TY-CODE for a file in
 * which a package is not pinned to one version with its hashes: what would be installed is then not decided by the file.
 */
export function lockedRequirements(text: string, file: string): string {
  return linesOf(text)
    .map(({ line, at }) => {
      requireCarried(line, `${file}:${at}`);
      if (PLACES.test(line) || (PINNED.test(line) && HASHES.test(line))) return line.replaceAll(/\s+/g, ' ');
      throw notLocked(line, `${file}:${at}`, file);
    })
    .join('\n');
}

/** Refuses what would lead elsewhere, or show a password, where the file is copied to. */
function requireCarried(line: string, place: string): void {
  const plain = hidden(line);
  if (plain !== line)
    throw new TrainyardError('TY-CODE', {
      what: 'the requirements hold a name or a password for the package index: they are copied, and others may read the copy',
      where: { file: place },
      expected: 'an address without a name and a password, or with ${VARIABLE} in their place',
      actual: plain.slice(0, 200),
      remedy: 'set it for pip or uv: pip config set global.index-url, UV_DEFAULT_INDEX, or a .netrc file',
    });
  const named = PLACES.test(line) ? line.replace(PLACES, '') : (/^[^\s;]+\s*@\s*(\S+)/.exec(line)?.[1] ?? '');
  const target = named.trim().replace(/^(["'])(.*)\1$/, '$2');
  if (target === '' || path.isAbsolute(target) || FIXED.test(target)) return;
  throw new TrainyardError('TY-CODE', {
    what: `the requirements name a place by where the file lies: "${target}"`,
    where: { file: place },
    expected: 'an address, or a full path: the file is copied, and leads elsewhere from there',
    remedy: 'write the full path, or set it for pip or uv: pip config set global.find-links, UV_FIND_LINKS',
  });
}

/** Without the names and passwords of addresses; those that stand in variables are no secret. */
function hidden(line: string): string {
  return line.replaceAll(/([a-z][a-z+]*:\/\/)([^/?#\s]+)@/gi, (all, start: string, who: string) =>
    /^\$\{\w+\}(?::\$\{\w+\})?$/.test(who) ? all : `${start}…@`,
  );
}

function notLocked(line: string, place: string, file: string): TrainyardError {
  const name = /^[A-Za-z0-9][\w.-]*/.exec(line)?.[0] ?? line;
  const isOption = line.startsWith('-');
  return new TrainyardError('TY-CODE', {
    what: isOption
      ? `the requirements hold "${line}", which does not say by itself what is installed`
      : `"${name}" is not locked: ${PINNED.test(`${line} --hash=`) ? 'it has no hash' : 'it is not pinned to one version with its hashes'}`,
    where: { file: place },
    expected: 'NAME==VERSION --hash=sha256:… for each package, also for those that others need',
    actual: line.slice(0, 200),
    remedy: `put what you want into requirements.in, one package a line, then: npx trainyard python lock requirements.in -o ${file}`,
  });
}

/** Logical lines, without comments; a backslash at the end joins a line with the next. */
function linesOf(text: string): { line: string; at: number }[] {
  const found: { line: string; at: number }[] = [];
  let open: { line: string; at: number } | undefined;
  for (const [index, raw] of text.replaceAll('\r\n', '\n').split('\n').entries()) {
    const plain = raw.replace(/(?:^|\s)#.*$/, '').trim();
    const goesOn = plain.endsWith('\\');
    const part = goesOn ? plain.slice(0, -1).trim() : plain;
    open = { line: `${open ? `${open.line} ` : ''}${part}`.trim(), at: open?.line ? open.at : index + 1 };
    if (goesOn) continue;
    if (open.line !== '') found.push(open);
    open = undefined;
  }
  if (open?.line) found.push(open);
  return found;
}
