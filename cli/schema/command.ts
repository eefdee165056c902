import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { InferOptions } from './infer.js';

export function schemaCommand(program: Command): void {
  const schema = program
    .command('schema')
    .description('schemas of data, as code')
    .addHelpText(
      'after',
      example('trainyard schema infer data/penguins.csv', 'trainyard schema infer data/penguins.csv --json'),
    );
  schema
    .command('infer')
    .description('write what a source holds as the TypeScript of a zod object')
    .argument('<source>', "a file, a folder or a pattern, relative to the project's folder")
    .option('--name <name>', 'what the constant is called; after the source by default')
    .option('--out <file>', 'where to write it; it is printed by default')
    .option('--most <number>', 'most values that a column may have to be a set of them', '20')
    .option('--json', 'print the schema as one line of JSON')
    .addHelpText('after', example('trainyard schema infer data/penguins.csv --out schemas/penguins.ts'))
    .action(async (source: string, options: InferOptions) => {
      const { inferSchema } = await import('./infer.js');
      await inferSchema(configOf(program), source, options);
    });
}
