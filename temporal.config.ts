import { defineConfig } from 'trainyard';

/** From the top of a clone, `trainyard dev` and all other commands work on the demo's project. */
export default defineConfig({ project: './examples/penguins' });
