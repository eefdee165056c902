import type { Command } from 'commander';
import { devCommand } from './dev/command.js';
import { runCommand } from './run/command.js';

/** Every command, in the order of the help. */
export const commands: readonly ((program: Command) => void)[] = [devCommand, runCommand];
