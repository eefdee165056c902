import { Argument, type Command } from 'commander';
import { example } from '../config-option.js';
import type { SetupOptions } from './set-up.js';

const STEPS = ['temporal', 'valkey', 'tensorflow', 'lightgbm', 'uv', 'minilm', 'tensorflow-gpu', 'chromium'] as const;

export function setupCommand(program: Command): void {
  program
    .command('setup')
    .description('fetch and build the real parts: Temporal, Valkey, TensorFlow, LightGBM')
    .addArgument(
      new Argument('[parts...]', 'what to set up; temporal, valkey, tensorflow and lightgbm by default').choices(STEPS),
    )
    .option('--plan', 'say what would be fetched, with sizes, and fetch nothing')
    .option('--json', 'print one line of JSON at the end')
    .addHelpText('after', example('trainyard setup temporal valkey'))
    .action(async (parts: (typeof STEPS)[number][], options: SetupOptions) => {
      const { setUp } = await import('./set-up.js');
      await setUp(parts, options);
    });
}
