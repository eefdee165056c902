import * as esbuild from 'esbuild';

/** Edits come in groups; a compiler that starts anew takes 20 ms. */
const IDLE_MS = 3_000;

let atWork = 0;
let idle: NodeJS.Timeout | undefined;

/** esbuild works in a process of its own, which keeps 10 to 40 MB until it is stopped: nobody needs it between edits. */
async function working<T>(work: () => Promise<T>): Promise<T> {
  clearTimeout(idle);
  atWork++;
  try {
    return await work();
  } finally {
    atWork--;
    // Stopped in the middle of something, esbuild fails that.
    if (atWork === 0) idle = setTimeout(() => void esbuild.stop(), IDLE_MS).unref();
  }
}

/** esbuild's own, whose process ends when it has had nothing to do for some seconds. */
export const build: typeof esbuild.build = (options) => working(() => esbuild.build(options));

/** The same for a text. */
export const transform: typeof esbuild.transform = (input, options) => working(() => esbuild.transform(input, options));
