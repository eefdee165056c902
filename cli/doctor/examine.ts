import { checkSetup, type Check } from '../../setup/index.js';
import { EXIT } from '../exit.js';
import { colours, print, printJson } from '../terminal.js';
import { checkProject } from './check-project.js';

/** `trainyard doctor`: exit code 1 when something that everything needs is missing. */
export async function examine(config: string | undefined, json: boolean): Promise<void> {
  const groups: [string, readonly Check[]][] = [
    ['this machine', await checkSetup()],
    ['this project', await checkProject(config)],
  ];
  const checks = groups.flatMap(([, found]) => found);
  const healthy = checks.every((check) => check.ok || check.neededFor !== 'required');
  if (json) printJson({ ok: healthy, checks });
  else {
    for (const [title, found] of groups) print(`${colours.bold(title)}\n${found.map(sayCheck).join('\n')}\n`);
    print(
      healthy ? colours.green('everything that is needed is here') : colours.red('something that is needed is missing'),
    );
  }
  if (!healthy) process.exitCode = EXIT.failed;
}

function sayCheck({ name, ok, neededFor, found, problem, remedy }: Check): string {
  const sign = ok ? colours.green('✓') : neededFor === 'required' ? colours.red('✗') : colours.yellow('!');
  const line = `  ${sign} ${name.padEnd(12)} ${ok ? (found ?? '') : `${problem ?? ''}${neededFor === 'required' ? '' : ` (only for: ${neededFor})`}`}`;
  return ok || remedy === undefined ? line : `${line}\n      to do: ${remedy.replaceAll('\n', '\n      ')}`;
}
