import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { commands } from '../../cli/commands.js';
import { TestProject } from './harness.js';

describe('help', () => {
  const project = new TestProject();
  afterAll(() => project.remove());

  it('lists every command, without a project', async () => {
    const { code, out } = await project.run('--help');
    expect(code).toBe(0);
    for (const name of ['dev', 'run', 'runs', 'show', 'graph', 'cancel', 'approve', 'plugins', 'predict', 'doctor'])
      expect(out).toMatch(new RegExp(`^  ${name}[ |]`, 'm'));
    const listed = (out.split('Commands:')[1] ?? '').match(/^ {2}[a-z]+/gm) ?? [];
    const program = new Command();
    for (const register of commands) register(program);
    expect(listed.map((name) => name.trim()).sort()).toEqual(
      [...program.commands.map((command) => command.name()), 'help'].sort(),
    );
  });

  it('of the version is one line', async () => {
    const { code, out, err } = await project.run('--version');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('of each command has an example and the option --json', async () => {
    const { out } = await project.run('--help');
    const names = [...(out.split('Commands:')[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map((match) => match[1] as string);
    for (const name of names.filter((one) => one !== 'help')) {
      const { code, out: help } = await project.run(name, '--help');
      expect(code, name).toBe(0);
      expect(help, name).toContain('Example:');
      expect(help, name).toContain('--json');
    }
  });

  it('of run with a pipeline shows its parameters: types, defaults, descriptions', async () => {
    const { code, out } = await project.run('run', '--help', 'toy');
    expect(code).toBe(0);
    expect(out).toContain('Adds up some numbers');
    expect(out).toMatch(/count\s+whole number, 1 or more\s+3\s+how many numbers/);
    expect((await project.run('run', '--help')).out).toMatch(/Pipelines:\n[^]*slowly/);
  });

  it('shows no colours where NO_COLOR is set, and some where they are asked for', async () => {
    const coloured = await project.start(['run', '--help', 'toy'], { FORCE_COLOR: '1' }).ended;
    const plain = await project.start(['run', '--help', 'toy'], { FORCE_COLOR: '1', NO_COLOR: '1' }).ended;
    expect(coloured.out).toContain('\u001b[');
    expect(plain.out).not.toContain('\u001b[');
  });

  it('of plugins is the catalogue, with the contracts of nodes', async () => {
    const list = await project.run('plugins');
    expect(list.code).toBe(0);
    expect(list.out).toMatch(/toy\.add\s+to\s+json/);
    const one = await project.run('plugins', 'toy.slow');
    expect(one.out).toMatch(/steps\s+whole number, 1 or more\s+10\s+how far it counts/);
    expect(one.out).toMatch(/attempts\s+2/);
    expect(one.out).toMatch(/timeout\s+5 minutes/);
    expect(one.out).toMatch(/resources\s+1 cpu, 1GB/);
    const review = await project.run('plugins', 'label-review');
    expect(review.out).toMatch(/label-review, a process: Label review/);
    expect(review.out).toMatch(/ends\s+by people/);
    // Its name as it was when nodes had a catalogue of their own.
    for (const command of ['plugins', 'nodes']) {
      const { out } = await project.run(command, 'toy', '--json');
      const { parts } = JSON.parse(out) as { parts: { name: string; package: string; params: object }[] };
      expect(parts.map(({ name }) => name)).toEqual(['toy.add', 'toy.fail', 'toy.make', 'toy.slow', 'toy.sum']);
      for (const { package: from, params } of parts) expect([from, typeof params]).toEqual(['./nodes/toy', 'object']);
    }
  });
});
