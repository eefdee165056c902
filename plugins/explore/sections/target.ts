import { html, type Html } from '@trainyard/pages';
import type { Profile, TargetByFeature } from '../profile.js';
import { section, type Charts } from './contract.js';

const MOST = 24;

export const target = section({
  name: 'target',
  draw(profile, charts) {
    const { label, target: all } = profile;
    const shown = all.filter(({ parts, boxes = [] }) => parts.length > 0 || boxes.length > 0).slice(0, MOST);
    if (label === null || shown.length === 0) return undefined;
    return html`<h2>${label} by feature</h2>
      <p class="soft">
        The features that say most of it
        first${all.length > shown.length ? html`; ${all.length - shown.length} more are in report.json` : ''}.
      </p>
      ${profile.classes.length > 0 ? legend(profile, charts) : ''}
      <div class="cards">
        ${shown.map(
          (one) =>
            html`<section class="card">
              <h3>${one.column}</h3>
              ${drawn(one, profile, charts)}
            </section>`,
        )}
      </div>`;
  },
});

function drawn({ column, parts, boxes = [] }: TargetByFeature, { label, classes }: Profile, charts: Charts): Html {
  const numbers = parts.filter(({ quartiles }) => quartiles !== undefined);
  if (numbers.length > 0)
    return charts.boxes(
      `${label} by ${column}`,
      numbers.map(({ name, rows, quartiles: [first, median, third] = [0, 0, 0] }) => ({
        name,
        rows,
        low: first,
        first,
        median,
        third,
        high: third,
      })),
    );
  const names = classes.map(({ name }) => name);
  return html`${charts.shares(
    `${label} by ${column}`,
    names,
    parts.map(({ name, classes: counts = [] }) => ({ name, counts })),
  )}
  ${boxes.length > 0 ? charts.boxes(`${column} by ${label}`, boxes) : ''}`;
}

function legend({ classes, target: all }: Profile, { colourOf }: Charts): Html {
  const told = Math.max(...all.flatMap(({ parts }) => parts.map(({ classes: counts = [] }) => counts.length)), 0);
  const names = classes
    .slice(0, told)
    .map(({ name }, i) => (i === told - 1 && classes.length > told ? 'others' : name));
  return html`<ul class="legend">
    ${names.map(
      (name, i) =>
        html`<li>
          <svg viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" style="fill:${colourOf(i)}" /></svg
          >${name}
        </li>`,
    )}
  </ul>`;
}
