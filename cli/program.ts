import { Command, CommanderError } from 'commander';
import { packageVersion } from '../project/package-root.js';
import { commands } from './commands.js';
import { damagedMet } from '../store/damaged/index.js';
import { registerPluginCommands } from './plugin-commands.js';
import { EXIT, exitCodeOf, explained, Interrupted, RunFailed } from './exit.js';

/** Runs the command line and gives its exit code: 0 done, 1 failed, 2 called wrongly, 130 interrupted. */
export async function run(args: readonly string[]): Promise<number> {
  const program = new Command('trainyard')
    .description('A workflow-as-code engine for the life of a trained model, on Temporal')
    .version(packageVersion())
    .option('--config <path>', 'folder of the project, or its temporal.config.ts')
    .showHelpAfterError('(trainyard --help lists the commands)')
    .showSuggestionAfterError()
    .exitOverride();
  for (const register of commands) register(program);
  try {
    await registerPluginCommands(program, args);
  } catch (error) {
    report(error, args.includes('--json'));
    return exitCodeOf(error);
  }
  // Each command tells its usage after a mistake by itself, in one line.
  for (const command of program.commands)
    command.showHelpAfterError(`(trainyard ${command.name()} --help)`).exitOverride();
  try {
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (error instanceof Interrupted) return EXIT.interrupted;
    report(error, args.includes('--json'));
    return exitCodeOf(error);
  } finally {
    nameDamaged();
  }
}

/** Damaged records that are named after one command. */
const MOST_NAMED = 5;

/** Names the records that the command met and took for not there. */
function nameDamaged(): void {
  const met = damagedMet();
  for (const { error } of met.slice(0, MOST_NAMED)) process.stderr.write(`\n${error.message}\n`);
  if (met.length > MOST_NAMED)
    process.stderr.write(
      `\nand ${met.length - MOST_NAMED} more damaged records: trainyard scrub --dry-run lists them\n`,
    );
}

/** Says what went wrong: words for people on the error stream, one line of JSON on the output for programs. */
function report(error: unknown, json: boolean): void {
  const known = explained(error);
  const run = error instanceof RunFailed ? { run: error.run, outcome: 'failed' } : {};
  if (json) process.stdout.write(`${JSON.stringify({ ...run, error: known.toRecord() })}\n`);
  else process.stderr.write(`\n${known.message}\n`);
  if (process.env['TRAINYARD_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
}
