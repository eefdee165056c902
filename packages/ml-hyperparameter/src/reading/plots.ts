/** The plots of a study as SVG text. Data first: each draws what a function of this folder gives. */
import type { Choice } from '../space/index.js';
import type { Study } from '../study/study.js';
import { contour, partialDependence, type DependenceOptions } from './dependence.js';
import { importance, type ImportanceOptions } from './importance.js';
import { curves, front, history, hypervolumeHistory, slice } from './series.js';
import {
  axes,
  board,
  BOARD,
  COLOURS,
  dot,
  escapeXml,
  label,
  linearScale,
  logScale,
  path,
  px,
  shade,
  text,
  wantsLog,
  type Scale,
} from './svg.js';

const X: readonly [number, number] = [BOARD.left + 8, BOARD.width - BOARD.right - 8];
const Y: readonly [number, number] = [BOARD.height - BOARD.bottom - 8, BOARD.top + 8];

function valueScale(values: readonly number[], to: readonly [number, number]): Scale {
  return values.length > 0 && wantsLog(values) ? logScale(values, to[0], to[1]) : linearScale(values, to[0], to[1]);
}

/** A scale for any values: numbers as such, the rest by name in the order first met. */
function choiceScale(
  values: readonly Choice[],
  to: readonly [number, number],
): { at: (v: Choice) => number; scale: Scale; names: string[] | undefined } {
  if (values.every((v) => typeof v === 'number')) {
    const scale = valueScale(values as number[], to);
    return { at: (v) => scale.at(v as number), scale, names: undefined };
  }
  const names = [...new Set(values.map(String))].sort();
  const scale = linearScale([-0.5, names.length - 0.5], to[0], to[1]);
  return { at: (v) => scale.at(names.indexOf(String(v))), scale, names };
}

const nameOf = <C>(study: Study<C>): string => study.objectives[0]?.name ?? 'value';

/** Values by trial, and the best so far. */
export function historySvg<C>(study: Study<C>): string {
  const rows = history(study);
  const told = rows.filter((r) => r.value !== undefined);
  const x = linearScale(
    rows.map((r) => r.number),
    X[0],
    X[1],
  );
  const y = valueScale(
    told.map((r) => r.value as number),
    Y,
  );
  const steps: [number, number][] = [];
  for (const r of rows) {
    if (r.best === undefined) continue;
    const last = steps[steps.length - 1];
    if (last !== undefined) steps.push([x.at(r.number), last[1]]);
    steps.push([x.at(r.number), y.at(r.best)]);
  }
  const dots = told
    .map((r) =>
      dot(x.at(r.number), y.at(r.value as number), COLOURS[0], `trial ${r.number}: ${label(r.value as number)}`),
    )
    .join('');
  return board('History', axes(x, y, 'trial', nameOf(study)) + dots + path(steps, COLOURS[1]));
}

/** Hypervolume by trial, of several objectives; `reference` is a value per objective, worse than any that should count. */
export function hypervolumeSvg<C>(study: Study<C>, reference: readonly number[]): string {
  const rows = hypervolumeHistory(study, reference);
  const x = linearScale(
    rows.map((r) => r.number),
    X[0],
    X[1],
  );
  const y = linearScale(
    rows.map((r) => r.hypervolume),
    Y[0],
    Y[1],
  );
  const line = rows.map((r) => [x.at(r.number), y.at(r.hypervolume)] as const);
  return board('Hypervolume', axes(x, y, 'trial', 'hypervolume') + path(line, COLOURS[1]));
}

/** Reports by step, a line a trial; pruned ones dashed. */
export function curvesSvg<C>(study: Study<C>): string {
  const all = curves(study);
  const points = all.flatMap((t) => t.reports.filter((r): r is readonly [number, number] => r[1] !== null));
  const x = linearScale(
    points.map(([s]) => s),
    X[0],
    X[1],
  );
  const y = valueScale(
    points.map(([, v]) => v),
    Y,
  );
  const lines = all.map((t) => {
    const line = t.reports.flatMap(([s, v]) => (v === null ? [] : [[x.at(s), y.at(v)] as const]));
    return path(
      line,
      t.state === 'pruned' ? '#aaa' : COLOURS[0],
      t.state === 'pruned' ? 'stroke-dasharray="4 3"' : 'stroke-opacity="0.7"',
    );
  });
  return board('Reports', axes(x, y, 'step', nameOf(study)) + lines.join(''));
}

/** One parameter's values against the objective. */
export function sliceSvg<C>(study: Study<C>, name: string): string {
  const rows = slice(study, name);
  const x = choiceScale(
    rows.map((r) => r.x),
    X,
  );
  const y = valueScale(
    rows.map((r) => r.value),
    Y,
  );
  const dots = rows.map((r) =>
    dot(
      x.at(r.x),
      y.at(r.value),
      shade((0.8 * r.number) / Math.max(1, study.trials.length)),
      `trial ${r.number}: ${String(r.x)} gave ${label(r.value)}`,
    ),
  );
  return board(`Slice: ${name}`, axes(x.scale, y, name, nameOf(study), x.names) + dots.join(''));
}

/** Bars of importance. */
export function importanceSvg<C>(study: Study<C>, options: ImportanceOptions = {}): string {
  const rows = importance(study as Study<unknown>, options);
  const height = 60 + 24 * rows.length;
  const bars = rows.map((r, i) => {
    const y = 40 + 24 * i;
    return `${text(190, y + 13, r.name, 'end')}<rect x="200" y="${y}" width="${px(360 * r.share)}" height="16" fill="${COLOURS[0]}"/>${text(206 + 360 * r.share, y + 13, `${(100 * r.share).toFixed(1)}%`)}`;
  });
  return board(`Importance (${options.method ?? 'fanova'})`, bars.join(''), BOARD.width, height);
}

/** Partial dependence of one parameter. */
export function dependenceSvg<C>(study: Study<C>, name: string, options: DependenceOptions = {}): string {
  const { values, means } = partialDependence(study as Study<unknown>, name, options);
  const x = choiceScale(values, X);
  const y = valueScale(means, Y);
  const points = values.map((v, i) => [x.at(v), y.at(means[i] as number)] as const);
  const dots = points
    .map(([a, b], i) => dot(a, b, COLOURS[0], `${String(values[i])}: ${label(means[i] as number)}`))
    .join('');
  return board(
    `Partial dependence: ${name}`,
    axes(x.scale, y, name, nameOf(study), x.names) + (x.names === undefined ? path(points, COLOURS[0]) : '') + dots,
  );
}

/** Partial dependence of two parameters: dark is low. */
export function contourSvg<C>(
  study: Study<C>,
  names: readonly [string, string],
  options: DependenceOptions = {},
): string {
  const map = contour(study as Study<unknown>, names, options);
  const flat = map.means.flat();
  const low = Math.min(...flat);
  const span = Math.max(...flat) - low || 1;
  const w = (X[1] - X[0]) / map.x.length;
  const h = (Y[0] - Y[1]) / map.y.length;
  const cells = map.means.flatMap((row, j) =>
    row.map((v, i) => {
      const tip = escapeXml(`${String(map.x[i])}, ${String(map.y[j])}: ${label(v)}`);
      return `<rect x="${px(X[0] + i * w)}" y="${px(Y[0] - (j + 1) * h)}" width="${px(w + 0.3)}" height="${px(h + 0.3)}" fill="${shade((v - low) / span)}"><title>${tip}</title></rect>`;
    }),
  );
  const edge = (v: Choice | undefined): string => (typeof v === 'number' ? label(v) : String(v));
  const corners =
    text(X[0], BOARD.height - BOARD.bottom + 14, edge(map.x[0])) +
    text(X[1], BOARD.height - BOARD.bottom + 14, edge(map.x[map.x.length - 1]), 'end') +
    text(BOARD.left, Y[0], edge(map.y[0]), 'end') +
    text(BOARD.left, Y[1] + 8, edge(map.y[map.y.length - 1]), 'end');
  return board(
    `Contour: ${names[0]} and ${names[1]}`,
    cells.join('') +
      corners +
      text((X[0] + X[1]) / 2, BOARD.height - 8, names[0], 'middle') +
      text(14, (Y[0] + Y[1]) / 2, names[1], 'middle', -90),
  );
}

/** One line a complete trial through all its parameters; dark is good. */
export function parallelSvg<C>(study: Study<C>): string {
  const rows = study.trials.filter((t) => t.values !== undefined);
  const names = [...new Set(study.domain.dimensions.map((d) => d.name))];
  const gap = (X[1] - X[0]) / Math.max(1, names.length);
  const scales = names.map((name) =>
    choiceScale(
      rows.flatMap((t) => (t.params as Record<string, Choice>)[name] ?? []),
      Y,
    ),
  );
  const order = rows.slice().sort((a, b) => (a.values?.[0] as number) - (b.values?.[0] as number));
  if (study.objectives[0]?.direction === 'maximize') order.reverse();
  const rank = new Map(order.map((t, i) => [t.number, i / Math.max(1, order.length - 1)]));
  const value = valueScale(
    rows.map((t) => t.values?.[0] as number),
    Y,
  );
  const lines = order
    .slice()
    .reverse()
    .map((t) => {
      const points = names.flatMap((name, i) => {
        const v = (t.params as Record<string, Choice>)[name];
        return v === undefined ? [] : [[X[0] + i * gap, scales[i]?.at(v) as number] as const];
      });
      points.push([X[0] + names.length * gap, value.at(t.values?.[0] as number)]);
      return path(points, shade(0.85 * (rank.get(t.number) as number)), 'stroke-opacity="0.6"');
    });
  const poles = [...names, nameOf(study)].map((name, i) => {
    const x = X[0] + i * gap;
    return `<line x1="${px(x)}" y1="${Y[1]}" x2="${px(x)}" y2="${Y[0]}" stroke="#888"/>${text(x, BOARD.height - BOARD.bottom + 16 + (i % 2) * 14, name, i === names.length ? 'end' : 'middle')}`;
  });
  return board('Parallel coordinates', poles.join('') + lines.join(''));
}

/** The front of the first two objectives before all complete trials. */
export function frontSvg<C>(study: Study<C>): string {
  const rows = study.trials.filter((t) => t.values !== undefined);
  const x = valueScale(
    rows.map((t) => t.values?.[0] as number),
    X,
  );
  const y = valueScale(
    rows.map((t) => t.values?.[1] ?? 0),
    Y,
  );
  const best = new Set(front(study).map((t) => t.number));
  const dots = rows.map((t) =>
    dot(
      x.at(t.values?.[0] as number),
      y.at(t.values?.[1] ?? 0),
      best.has(t.number) ? COLOURS[1] : '#bbb',
      `trial ${t.number}: ${(t.values ?? []).map(label).join(', ')}`,
    ),
  );
  return board('Pareto front', axes(x, y, nameOf(study), study.objectives[1]?.name ?? '') + dots.join(''));
}
