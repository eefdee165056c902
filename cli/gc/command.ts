import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { GcOptions } from './collect-garbage.js';

const all = (one: string, before: string[]): string[] => [...before, one];

export function gcCommand(program: Command): void {
  program
    .command('gc')
    .description('remove from the store what no kept run needs; safe beside running workers')
    .option('--older-than <time>', 'runs that ended longer ago may go', '30d')
    .option('--max-size <size>', 'most to keep, such as 20GB: the oldest runs go until it holds')
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .option('--keep <run>', 'keep this run for good, and collect nothing now', all, [])
    .option('--release <run>', 'a kept run may go again, and collect nothing now', all, [])
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      example(
        'trainyard gc --older-than 30d --max-size 20GB --dry-run',
        '',
        'Always kept: open runs, kept runs (--keep), every registered model and the runs of those that an alias',
        'names, what monitors refer to, the answers of reviews, who opened a sealed test set, and whatever was',
        'stored within the last day.',
      ),
    )
    .action(async (options: GcOptions) => {
      const { collectGarbage } = await import('./collect-garbage.js');
      await collectGarbage(configOf(program), options);
    });
}
