import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { PredictOptions } from './predict.js';

export function predictCommand(program: Command): void {
  program
    .command('predict')
    .description('ask an endpoint for predictions')
    .argument('<endpoint>', 'name of the endpoint')
    .option(
      '--row <json>',
      'a row by column names; may be given again',
      (one: string, all: string[]) => [...all, one],
      [],
    )
    .option('--rows <file>', 'rows from a JSON file with a list')
    .option('--url <url>', 'address of the server; that of trainyard dev by default')
    .option('--json', 'print the answer as one line of JSON')
    .addHelpText('after', example(`trainyard predict penguins --row '{"island": "Biscoe", "body_mass_g": 4300}'`))
    .action(async (endpoint: string, options: PredictOptions) => {
      const { predict } = await import('./predict.js');
      await predict(configOf(program), endpoint, options);
    });
}
