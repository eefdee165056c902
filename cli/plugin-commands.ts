import { Option, type Command } from 'commander';
import { z } from 'zod';
import { isTrainyardError, TrainyardError } from '@trainyard/errors';
import type { PluginCommand } from '../client/command.js';
import type { Json } from '../core/json.js';
import { configOf, example } from './config-option.js';
import { fieldsOf } from './schema-fields.js';

/**
 * Registers the commands of plugins where Trainyard has none of the name that is the first word: plugins are compiled for
 * nothing else. Outside a project there are none.
 */
export async function registerPluginCommands(program: Command, args: readonly string[]): Promise<void> {
  const { word, config } = firstWord(args);
  if (word === undefined || word === 'help' || program.commands.some((one) => one.name() === word)) return;
  for (const command of await pluginCommands(config)) {
    if (!program.commands.some((one) => one.name() === command.name)) register(program, command);
  }
}

/** The first word that is no option of the program, and the project that stands before it. */
function firstWord(args: readonly string[]): { word?: string; config?: string } {
  const [first = '', second] = args;
  if (first === '--config') return { ...firstWord(args.slice(2)), ...(second === undefined ? {} : { config: second }) };
  const named = /^--config=(.+)$/.exec(first)?.[1];
  if (named !== undefined) return { ...firstWord(args.slice(1)), config: named };
  return first === '' || first.startsWith('-') ? {} : { word: first };
}

async function pluginCommands(config: string | undefined): Promise<PluginCommand[]> {
  const [{ loadConfig }, { partsOfProject }] = await Promise.all([
    import('../project/project.js'),
    import('../project/brought-parts.js'),
  ]);
  try {
    const parts = partsOfProject(await loadConfig(config));
    const names = [...(await parts.names('command'))].sort();
    const found = await Promise.all(names.map((name) => parts.find('command', name)));
    return found.filter((part) => part !== undefined) as PluginCommand[];
  } catch (error) {
    // Where there is no project, the word is unknown, and commander says so with what is near.
    if (config === undefined && isTrainyardError(error) && error.code === 'TY-CONFIG-MISSING') return [];
    throw error;
  }
}

function register(program: Command, part: PluginCommand): void {
  const { name, title, args = [], options: schema = z.strictObject({}), example: sample } = part;
  const command = program.command(name).description(title);
  for (const one of args) command.argument(one.required === false ? `[${one.name}]` : `<${one.name}>`, one.title);
  const fields = fieldsOf(schema);
  for (const field of fields) {
    const flag = `--${field.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const said = [field.description, field.byDefault && `default ${field.byDefault}`].filter(Boolean).join('; ');
    const option = new Option(field.type === 'true | false' ? flag : `${flag} <value>`, said);
    command.addOption(field.required ? option.makeOptionMandatory() : option);
  }
  command.option('--json', 'print one line of JSON');
  if (sample !== undefined) command.addHelpText('after', example(sample));
  command.action(async (...given: unknown[]) => {
    const words = given.slice(0, args.length) as (string | undefined)[];
    const { json, ...texts } = command.opts<{ json?: boolean } & Record<string, unknown>>();
    const { readValue } = await import('./run/params.js');
    const asked = Object.entries(texts).map(([field, text]): [string, Json] => [
      field,
      typeof text === 'string' ? readValue(text, field, schema, fields) : (text as boolean),
    ]);
    const parsed = schema.safeParse(Object.fromEntries(asked));
    if (!parsed.success) throw badOption(name, parsed.error);
    const [{ connect }, { print, printJson }] = await Promise.all([
      import('../client/connect.js'),
      import('./terminal.js'),
    ]);
    const config = configOf(program);
    const client = await connect(config === undefined ? {} : { config });
    try {
      const named = Object.fromEntries(args.map((one, index) => [one.name, words[index]]));
      const answer = await part.run({ client, args: named, options: parsed.data });
      if (json) printJson(answer.json);
      else print(answer.text);
    } catch (error) {
      throw await explainedFor(name, error);
    } finally {
      await client.close();
    }
  });
}

/** A Workflow's refusal of an Update as an answer for people; any other error of a plugin as it is. */
async function explainedFor(command: string, error: unknown): Promise<unknown> {
  const { plainRefusal } = await import('../client/rejection.js');
  const refusal = plainRefusal(error);
  return refusal === undefined
    ? error
    : new TrainyardError('TY-USAGE', { what: `${command} was refused: ${refusal}`, cause: error });
}

function badOption(command: string, { issues }: z.ZodError): TrainyardError {
  const [issue] = issues;
  const field = issue?.path.join('.') ?? '';
  return new TrainyardError('TY-PARAM', {
    what: `an option of ${command} is not what it takes: ${field}: ${issue?.message ?? ''}`,
    where: { field },
    remedy: `trainyard ${command} --help lists its options`,
  });
}
