import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The commit that a folder stands at, with `-dirty` when something is changed; undefined outside a repository. */
export async function gitCommit(folder: string): Promise<string | undefined> {
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', args, { cwd: folder })).stdout.trim();
  try {
    const commit = await git('rev-parse', '--short=12', 'HEAD');
    return (await git('status', '--porcelain', '--untracked-files=no')) === '' ? commit : `${commit}-dirty`;
  } catch {
    return undefined;
  }
}
