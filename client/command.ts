import type { z } from 'zod';
import type { Json } from '../core/json.js';
import { asPart, type Part } from '../core/part.js';
import type { TrainyardClient } from './client.js';

/** What a command is called with. */
export interface CommandCall<Options extends z.ZodObject> {
  /** Temporal, store and Redis of the project. The command line closes it. */
  readonly client: TrainyardClient;
  /** By the names that the command gives them; undefined where one was left out that may be. */
  readonly args: { readonly [name: string]: string | undefined };
  /** As the schema gives them. */
  readonly options: z.output<Options>;
}

/** What a command says when it is done. */
export interface CommandAnswer {
  /** For people, in lines. */
  readonly text: string;
  /** For programs, which ask with `--json`. */
  readonly json: Json;
}

/** A command as its author writes it. */
export interface CommandSpec<Options extends z.ZodObject> {
  /** The word after `trainyard`. Trainyard's own commands come first. */
  readonly name: string;
  /** One line for the help and the catalogue. */
  readonly title: string;
  /** What stands after the word, in order. Default: nothing. Those that may be left out come last. */
  readonly args?: readonly { readonly name: string; readonly title: string; readonly required?: boolean }[];
  /**
   * Its options: `dryRun` is given as `--dry-run`, with the field's description as help; a boolean is a flag. `--json` is
   * there for every command.
   */
  readonly options?: Options;
  /** A call that shows what it is for: `trainyard countersign penguins-1/release --by ann`. */
  readonly example?: string;
  /** Does it. An error of the catalogue is said as such; any other ends the command as a fault of the plugin. */
  run(call: CommandCall<Options>): Promise<CommandAnswer>;
}

/** A command that a plugin brings: `trainyard NAME`, in each project that names the plugin. */
export interface PluginCommand<Options extends z.ZodObject = z.ZodObject>
  extends Part<'command'>, CommandSpec<Options> {}

/** Declares a command. A plugin brings it by exporting it from its entry `./parts`. */
export function pluginCommand<Options extends z.ZodObject = z.ZodObject<{}>>(
  spec: CommandSpec<Options>,
): PluginCommand<Options> {
  return asPart({ part: 'command' as const, ...spec });
}
