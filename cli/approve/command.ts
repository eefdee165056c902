import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { ApproveOptions } from './approve.js';

export function approveCommand(program: Command): void {
  program
    .command('approve')
    .description('answer an approval that a run waits for')
    .argument('<run>', 'id of the run')
    .argument('<name>', 'name of the approval; where several have it, with its scope: "map[0]/NAME"')
    .option('--no', 'refuse it')
    .option('--why <reason>', 'why; it stands in the record')
    .option('--by <name>', 'who decides; the name of the user by default')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      example('trainyard approve penguins-20261124-231502-7f3a "go live" --why "better on all classes"'),
    )
    .action(async (run: string, name: string, options: ApproveOptions) => {
      const { approve } = await import('./approve.js');
      await approve(configOf(program), run, name, options);
    });
}
