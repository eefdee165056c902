import { afterEach } from 'vitest';

/** Taken before any test puts a clock of its own in its place. */
const soon = setImmediate;

// A file whose tests never wait keeps its process from hearing the runner's answers, and on a busy machine the runner takes
// a minute of that for a failure: so each test lets go once.
afterEach(() => new Promise((next) => soon(next)));
