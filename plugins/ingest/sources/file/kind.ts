import path from 'node:path';
import { TransientError, UserError } from '../../../../core/index.js';
import { filesOf, isPattern, sourceKind } from '../../../../activities/sources/index.js';
import { readFormat } from '../../formats/index.js';
import { file } from './contract.js';
import { copyWhole, sourcePath } from './copy.js';
import { filesState, stampOf } from './digest.js';

/** The one file of a snapshot that has only one. */
const ONLY = 'source';

export const fileSource = sourceKind(file, {
  async state({ path: named }, { former, ctx }) {
    const files = await filesOf(sourcePath(named, ctx.project), ctx.project);
    const known =
      typeof former?.version === 'string' && typeof former.hint === 'string'
        ? { digest: former.version as `sha256-${string}`, stamp: former.hint }
        : undefined;
    const { digest, stamp } = await filesState(files, ctx.project, known, () => ctx.progress(0));
    return digest === null ? null : { version: digest, hint: stamp };
  },

  async snapshot({ path: named }, { into, ctx }) {
    const whole = sourcePath(named, ctx.project);
    const files = await filesOf(whole, ctx.project);
    if (isPattern(named) && files.length === 0)
      throw new UserError(`no file matches the source ${named}`, {
        where: { file: named },
        expected: 'at least one file; * and ? stand within a name, ** for any folders',
        actual: 'none',
        remedy: "correct the pattern; it is relative to the project's folder",
      });
    // What is one file, or is to be and is not there, goes by the name that it was given.
    if (files.length === 0 || (files.length === 1 && files[0] === whole)) {
      await copyWhole(named, whole, path.join(into, ONLY));
      return { files: [{ file: ONLY, name: named }] };
    }
    const before = await stampOf(files, ctx.project);
    const digits = String(files.length).length;
    const taken = files.map((full, i) => ({
      full,
      file: String(i + 1).padStart(digits, '0'),
      name: nameOf(full, whole, ctx.project),
    }));
    for (const [i, one] of taken.entries()) {
      ctx.signal.throwIfAborted();
      await copyWhole(one.name, one.full, path.join(into, one.file));
      ctx.progress((i + 1) / taken.length, `${i + 1} of ${taken.length} files`);
    }
    const now = await filesOf(whole, ctx.project);
    if ((await stampOf(now, ctx.project)).stamp !== before.stamp)
      throw new TransientError(`files of ${named} changed while they were read`, { where: { file: named } });
    return { files: taken.map(({ file, name }) => ({ file, name })) };
  },

  readsOn: () => false,

  toTable: (snapshot, { path: named, format }, ask) => readFormat(snapshot, named, format, ask),
});

/**
 * A file as people call it: relative to the project, with `/` between folders; what lies outside of it, relative to the
 * folder that the pattern begins with, since nothing of this machine may be in a snapshot.
 */
function nameOf(full: string, whole: string, project: string): string {
  const inside = path.relative(project, full);
  const parts = whole.split(path.sep);
  const fixed = parts.slice(0, parts.findIndex(isPattern) < 0 ? parts.length : parts.findIndex(isPattern));
  const named = inside.startsWith('..') ? path.relative(fixed.join(path.sep), full) : inside;
  return named.split(path.sep).join('/');
}
