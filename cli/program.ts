import { Command, CommanderError } from 'commander';
import { isTrainyardError, TrainyardError } from '../core/errors/index.js';
import { packageVersion } from '../project/package-root.js';
import { commands } from './commands.js';

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
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const known = isTrainyardError(error) ? error : undefined;
    const json = args.includes('--json');
    if (json) process.stdout.write(`${JSON.stringify({ error: (known ?? unexpected(error)).toRecord() })}\n`);
    else process.stderr.write(`\n${known ? known.message : unexpected(error).message}\n`);
    if (!known && process.env['TRAINYARD_DEBUG'])
      process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
    return 1;
  }
}

function unexpected(error: unknown): TrainyardError {
  const message = error instanceof Error ? error.message : String(error);
  return new TrainyardError('TY-NODE-FAILED', {
    what: message,
    remedy: 'run it again with TRAINYARD_DEBUG=1 to see where it comes from',
  });
}
