import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { DemoProject } from '../demo/demo-project.js';
import { forReadme, Stage } from './stage.js';
import { Terminal, terminalPage } from './terminal.js';

const project = new DemoProject();
afterAll(() => project.remove());

const COLUMNS = 112;

// Without a terminal nothing is redrawn; `script` (util-linux) gives the demo one.
it.runIf(forReadme && spawnSync('script', ['--version']).status === 0)(
  'the demo in a terminal, while it retrains',
  async () => {
    const record = path.join(project.folder, 'terminal');
    const command = `stty cols ${COLUMNS} rows 40; exec ${project.demoCommand('--once')}`;
    const { code, err } = await project.start('script', ['-qefc', command, record], { FORCE_COLOR: '1' }).ended;
    expect(code, err).toBe(0);
    const terminal = new Terminal();
    let frame: readonly string[] = [];
    const output = readFileSync(record, 'utf8').split('\n').slice(1).join('\n');
    terminal.write(output, () => {
      const words = terminal.lines.map((line) => stripVTControlCharacters(line));
      const retrains = words.some((line) => line.startsWith('── drift'));
      const tuned = words.filter((line) => line.startsWith('✓ study')).length;
      if (retrains && tuned === 1 && words.some((line) => line.startsWith('▶ study'))) frame = [...terminal.lines];
    });
    expect(stripVTControlCharacters(terminal.lines.join('\n'))).toContain('version 2');
    const from = frame.findIndex((line) => line.includes('wrong labels were found'));
    expect(from).toBeGreaterThan(0);
    while (frame.at(-1)?.trim() === '') frame = frame.slice(0, -1);
    const page = path.join(project.folder, 'terminal.html');
    writeFileSync(page, terminalPage(frame.slice(from).map((line) => cutTo(line, COLUMNS))));
    const stage = await Stage.open();
    const shown = await stage.page({ height: 780 });
    await shown.goto(`file://${page}`);
    await stage.picture(shown.locator('pre'), 'demo');
    await stage.close();
  },
  400_000,
);

/** Long lines (the `curl` line) are cut, as a window without wrapping would. */
function cutTo(line: string, columns: number): string {
  const words = stripVTControlCharacters(line);
  return words.length <= columns ? line : `${words.slice(0, columns - 1)}…`;
}
