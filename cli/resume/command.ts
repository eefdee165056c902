import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { ResumeCommandOptions } from './resume.js';

export function resumeCommand(program: Command): void {
  program
    .command('resume')
    .description('run what another run did not: what succeeded is found')
    .argument('<run>', 'id of the run')
    .option('--with-new-code', 'with the code as it is now; otherwise it keeps to the code of that run')
    .option('--pause', 'leave nodes that fail waiting for a decision')
    .option('--trials <+n>', 'let its studies go on where they ended, with so many more trials')
    .option('--why <reason>', 'why they grow; it stands in their record')
    .option('--detach', 'start it and do not wait')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('trainyard resume penguins-20261124-231502-7f3a --with-new-code'))
    .action(async (run: string, options: ResumeCommandOptions) => {
      const { resume } = await import('./resume.js');
      await resume(configOf(program), run, options);
    });
}
