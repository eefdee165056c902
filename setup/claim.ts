import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js';

/** What a claim file says. The process that wrote it is its owner. */
export interface Claim {
  readonly owner: ProcessIdentity;
  /** The server that the owner started, once it runs. */
  readonly server?: ProcessIdentity;
}

function read(file: string): Claim | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Claim;
  } catch {
    return undefined;
  }
}

function writeBeside(file: string, claim: Claim): string {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, JSON.stringify(claim));
  return draft;
}

function sameClaim(a: Claim | undefined, b: Claim | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Takes `file` for this process, as one step: of two that try at once, one gets it.
 * @param isFree says whether a claim that was found there is over (its processes are gone).
 * @returns `undefined` when taken, otherwise the claim that stands.
 */
export function takeClaim(
  file: string,
  isFree: (held: Claim) => boolean = (held) => !isAlive(held.owner),
): Claim | undefined {
  mkdirSync(dirname(file), { recursive: true });
  const draft = writeBeside(file, { owner: ownIdentity() });
  try {
    for (;;) {
      try {
        linkSync(draft, file);
        return undefined;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const held = read(file);
      if (held && !isFree(held)) return held;
      clear(file, held);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes a claim that is over, and puts it back if it was somebody's new one by then. */
function clear(file: string, over: Claim | undefined): void {
  const aside = `${file}.over-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  try {
    if (over && !sameClaim(read(aside), over)) linkSync(aside, file);
  } catch {
    // Taken again in between: that claim stands.
  } finally {
    rmSync(aside, { force: true });
  }
}

/** The claim on a file, if its owner is alive. */
export function claimHeld(file: string): Claim | undefined {
  const held = read(file);
  return held && isAlive(held.owner) ? held : undefined;
}

/** Notes in a claim of ours which server it is for. */
export function noteServer(file: string, server: ProcessIdentity): void {
  renameSync(writeBeside(file, { owner: ownIdentity(), server }), file);
}

/** Gives up a claim of ours; anybody else's is left alone. */
export function releaseClaim(file: string): void {
  const held = read(file);
  if (held && held.owner.pid === process.pid && held.owner.started === ownIdentity().started)
    rmSync(file, { force: true });
}
