import type { Command } from 'commander';

/** The project that the command line names, if it names one. */
export function configOf(program: Command): string | undefined {
  return program.opts<{ config?: string }>().config;
}

/** The text below a command's help: one example. */
export function example(command: string, ...lines: string[]): string {
  return `\nExample:\n  ${command}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
