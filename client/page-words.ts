import type { ErrorRecord } from '@trainyard/errors';
import type { NodeState } from '../core/graph.js';
import { STATES } from './graph/index.js';
import { html, trusted, type Html } from '@trainyard/pages';

/** A state as sign, word and colour. */
export function stateMark(state: NodeState, word: string = state): Html {
  const { path, solid } = STATES[state];
  const sign = `<svg viewBox="0 0 16 16" aria-hidden="true"><path class="${solid ? 'solid' : ''}" d="${path}"/></svg>`;
  return html`<span class="state ${state}">${trusted(sign)}${word}</span>`;
}

/** A moment, to the second, in UTC. */
export function moment(at: number | string): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

/** JSON for people: indented, cut when it is very long. */
export function jsonText(value: unknown, most = 20_000): string {
  const text = JSON.stringify(value, null, 2) ?? '';
  return text.length > most ? `${text.slice(0, most)}\n… (${text.length - most} more characters)` : text;
}

export function artifactLink(digest: string, text: string): Html {
  return html`<a href="/artifacts/${digest}">${text}</a>`;
}

/** What went wrong, what was expected, what to do. */
export function problemBox(error: ErrorRecord, small = false): Html {
  const { message, expected, actual, remedy, code } = error;
  const line = (name: string, text: string): Html => html`<br /><span class="said">${name}: ${text}</span>`;
  return html`<div class="problem ${small && 'small'}">
    <strong class="said">${message}</strong>
    ${expected !== undefined && line('expected', expected)} ${actual !== undefined && line('actual', actual)}
    ${line('to do', remedy)} <span class="quiet small">${code}</span>
  </div>`;
}

/** What started a run, in a word: `person`, `schedule`, `monitor`. */
export function causeWord(cause: unknown): string {
  const kind = (cause as { kind?: unknown } | null)?.kind;
  return typeof kind === 'string' ? kind : '';
}
