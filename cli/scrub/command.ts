import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { ScrubCommandOptions } from './scrub-store.js';

export function scrubCommand(program: Command): void {
  program
    .command('scrub')
    .description('read all that is stored, and take out of use what is damaged; safe beside running workers')
    .option('--dry-run', 'say what is damaged, and leave it in use')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      example(
        'trainyard scrub --dry-run',
        '',
        'What is taken out of use is computed again when a run needs it. Exit code 0 only when all is whole.',
      ),
    )
    .action(async (options: ScrubCommandOptions) => {
      const { scrubStore } = await import('./scrub-store.js');
      await scrubStore(configOf(program), options);
    });
}
