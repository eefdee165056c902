import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { RunOptions } from './options.js';

export function runCommand(program: Command): void {
  const gather = (one: string, all: string[]): string[] => [...all, one];
  const command = program
    .command('run')
    .description('run a pipeline and follow it')
    .argument('[pipeline]', 'name of the pipeline')
    .option('-p, --param <name=value>', 'a parameter; the value is read as JSON where it is, else as text', gather, [])
    .option('--params <file>', 'parameters from a JSON file')
    .option('--seed <number>', "the run's seed")
    .option('--id <id>', 'id of the run')
    .option('--using <run>', 'run a part of this run again, with its parameters; the latest run by default')
    .option('--from <node>', 'a part: this node and all that needs it', gather, [])
    .option('--to <node>', 'a part: this node and all that it needs', gather, [])
    .option('--only <node>', 'a part: this node alone', gather, [])
    .option('--skip <node>', 'a part: without this node', gather, [])
    .option('--fresh', 'compute every node anew, whatever other runs have computed')
    .option('--pause', 'leave nodes that fail waiting for a decision')
    .option('--dry-run', 'print what a part would run, keep and leave out, and start nothing')
    .option('--served-code', 'run the code that the workers have, whatever is on this disk')
    .option('--detach', 'start it and do not wait')
    .option('--json', 'print the result as one line of JSON')
    .helpOption(false)
    .option('-h, --help', 'this help; with a pipeline, its parameters too')
    .addHelpText('after', example('trainyard run penguins -p trials=20'))
    .action(async (name: string | undefined, options: RunOptions) => {
      if (options.help) {
        const { helpOfPipelines } = await import('./pipeline-help.js');
        process.stdout.write(`${command.helpInformation()}${example('trainyard run penguins -p trials=20')}`);
        process.stdout.write(await helpOfPipelines(configOf(program), name));
        return;
      }
      // The compiler works on the project while the client's modules are loaded.
      const { loadProject } = await import('../../project/project.js');
      const project = loadProject(configOf(program));
      project.catch(() => undefined);
      const { runPipeline } = await import('./run-pipeline.js');
      await runPipeline(project, name, options);
    });
}
