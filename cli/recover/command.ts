import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { RecoverOptions } from './recover.js';

type Action = 'retry' | 'skip' | 'fail';

const WORDS: Readonly<Record<Action, string>> = {
  retry: 'try a node that failed and waits again, with other parameters or on another pool if wanted',
  skip: 'give a value in the place of a node that failed and waits',
  fail: 'let a node that failed and waits fail its run',
};

/** `retry`, `skip` and `fail`: decisions about nodes of runs with onFailure: 'pause'. */
export function recoverCommands(program: Command): void {
  const gather = (one: string, all: string[]): string[] => [...all, one];
  for (const action of ['retry', 'skip', 'fail'] as const) {
    const command = program
      .command(action)
      .description(WORDS[action])
      .argument('<run>', 'id of the run')
      .argument('<node>', 'the call (n7), the node, or its scope and name')
      .option('--why <reason>', 'why; it stands in the record')
      .option('--by <name>', 'who decides; the name of the user by default')
      .option('--json', 'print one line of JSON');
    if (action === 'retry') {
      command
        .option('-p, --param <name=value>', 'another value of a parameter', gather, [])
        .option('--pool <name>', 'another pool');
    }
    if (action === 'skip') command.option('--value <output=json>', "an output's value, as JSON", gather, []);
    command
      .addHelpText('after', example(`trainyard ${action} penguins-20261124-231502-7f3a train.net --why "seen by hand"`))
      .action(async (run: string, node: string, options: RecoverOptions) => {
        const { recover } = await import('./recover.js');
        await recover(configOf(program), run, node, action, options);
      });
  }
}
