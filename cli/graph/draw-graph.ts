import { openReader, type OpenedReader } from '../../client/reader.js';
import { listRunListings } from '../../client/run/run-list.js';
import { isTrainyardError, sayNearest, TrainyardError } from '@trainyard/errors';
import type { GraphRecord } from '../../core/graph.js';
import { graphMermaid, graphSvg, graphText } from '../../client/graph/index.js';
import { loadConfig, loadProject } from '../../project/project.js';
import { replaceWhole } from '../../project/write-whole.js';
import { findRun } from '../show/find-run.js';
import { print, printJson } from '../terminal.js';

export interface GraphOptions {
  format: 'text' | 'mermaid' | 'svg';
  output?: string;
  json?: boolean;
}

/** `trainyard graph`: a run's graph, as text, as a Mermaid flowchart or as SVG. */
export async function drawGraph(config: string | undefined, name: string, options: GraphOptions): Promise<void> {
  const reader = await openReader(await loadConfig(config));
  try {
    const graph = await graphOf(reader, config, name);
    if (options.json) return printJson(graph);
    const drawn = draw(graph, options.format);
    if (options.output === undefined) return void process.stdout.write(drawn);
    await replaceWhole(options.output, drawn);
    print(`${options.output}: run ${graph.run}`);
  } finally {
    await reader.close();
  }
}

function draw(graph: GraphRecord, format: GraphOptions['format']): string {
  const now = Date.now();
  if (format === 'text') return graphText(graph, now);
  return format === 'mermaid' ? graphMermaid(graph) : `${graphSvg(graph, { now })}\n`;
}

async function graphOf(reader: OpenedReader, config: string | undefined, name: string): Promise<GraphRecord> {
  const [latest] = (await listRunListings(reader, { limit: 1, pipeline: name })).runs;
  try {
    return (await findRun(reader, latest?.id ?? name)).graph;
  } catch (error) {
    if (!isTrainyardError(error) || error.code !== 'TY-RUN-UNKNOWN') throw error;
    const { pipelines } = await loadProject(config);
    if (!pipelines.has(name)) {
      const ids = (await listRunListings(reader, { limit: 500, parts: true })).runs.map((run) => run.id);
      throw new TrainyardError('TY-RUN-UNKNOWN', {
        what: `there is no pipeline or run "${name}"; ${sayNearest(name, [...pipelines.keys(), ...ids])}`,
      });
    }
    throw new TrainyardError('TY-RUN-UNKNOWN', {
      what: `pipeline ${name} has no run yet: its graph is what a run does`,
      remedy: `trainyard run ${name}`,
    });
  }
}
