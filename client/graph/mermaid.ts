import type { GraphRecord } from '../../core/graph.js';
import { fold, type Box } from './fold.js';
import { STATES } from './states.js';

/** The graph of a run as a Mermaid flowchart; the colour of a box is its state, which its text says too. */
export function graphMermaid(graph: GraphRecord): string {
  const { boxes, arrows } = fold(graph);
  const lines = ['flowchart TD'];
  for (const box of boxes) lines.push(`  ${box.id}${shape(box)}:::${box.state}`);
  for (const arrow of arrows) lines.push(`  ${arrow.from} --> ${arrow.to}`);
  for (const state of new Set(boxes.map((box) => box.state))) {
    const { colour, dashes } = STATES[state];
    lines.push(`  classDef ${state} stroke:${colour},stroke-width:2px${dashes ? `,stroke-dasharray:${dashes}` : ''}`);
  }
  return `${lines.join('\n')}\n`;
}

function shape(box: Box): string {
  const text = `"${quote(box.title)}<br/>${box.state}"`;
  if (box.kind === 'gate' || box.kind === 'approval') return `{{${text}}}`;
  return box.kind === 'child' ? `[[${text}]]` : `[${text}]`;
}

// Inside quotes Mermaid reads entities, written with # in place of &.
const quote = (text: string): string => text.replace(/[#"<>&;]/g, (character) => `#${character.charCodeAt(0)};`);
