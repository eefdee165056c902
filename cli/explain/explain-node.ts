import { openReader } from '../../client/reader.js';
import { loadConfig } from '../../project/project.js';
import { explainCall } from '../../client/provenance/index.js';
import { findRun } from '../show/find-run.js';
import { print, printJson } from '../terminal.js';
import { explanationText } from './explanation-text.js';

/** `trainyard explain`: which part of a call's identity changed. */
export async function explainNode(config: string | undefined, run: string, node: string, json: boolean): Promise<void> {
  const reader = await openReader(await loadConfig(config));
  try {
    const { graph } = await findRun(reader, run);
    const explanation = await explainCall(reader.store, graph, node);
    if (json) printJson(explanation);
    else print(explanationText(explanation));
  } finally {
    await reader.close();
  }
}
