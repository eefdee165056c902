/**
 * The two products that a linear model of classes spends its time in, rows and classes several at a time, so that each number that is
 * loaded counts more than once. The order of the sums is part of every result.
 */

/** Rows that share what is loaded of the slopes. */
const ROWS = 4;

/**
 * `scores[row, k] = intercepts[k] + Σ features[row, j] · weights[k, j]` for a stretch of rows; `scores` is `[rows of the stretch, classes]`,
 * `weights` is `[classes, width]`.
 */
export function scoreRows(
  features: Float64Array,
  first: number,
  rows: number,
  width: number,
  weights: Float64Array,
  intercepts: Float64Array,
  scores: Float64Array,
): void {
  const classes = intercepts.length;
  for (let row = 0; row < rows; row += 2) {
    // The last row of an odd number is its own neighbour.
    const other = row + 1 < rows ? row + 1 : row;
    const a = (first + row) * width;
    const b = (first + other) * width;
    for (let k = 0; k < classes; k += 2) {
      const next = k + 1 < classes ? k + 1 : k;
      const w = k * width;
      const v = next * width;
      let aw = 0;
      let av = 0;
      let bw = 0;
      let bv = 0;
      for (let j = 0; j < width; j++) {
        const inA = features[a + j]!;
        const inB = features[b + j]!;
        const ofW = weights[w + j]!;
        const ofV = weights[v + j]!;
        aw += inA * ofW;
        av += inA * ofV;
        bw += inB * ofW;
        bv += inB * ofV;
      }
      scores[row * classes + k] = intercepts[k]! + aw;
      scores[row * classes + next] = intercepts[next]! + av;
      scores[other * classes + k] = intercepts[k]! + bw;
      scores[other * classes + next] = intercepts[next]! + bv;
    }
  }
}

/** `slopes[k, j] += Σ errors[row, k] · features[row, j]` over a stretch of rows; `errors` is `[rows of the stretch, classes]`. */
export function addSlopes(
  features: Float64Array,
  first: number,
  rows: number,
  width: number,
  errors: Float64Array,
  classes: number,
  slopes: Float64Array,
): void {
  const whole = rows - (rows % ROWS);
  for (let row = 0; row < whole; row += ROWS) {
    const a = (first + row) * width;
    const [b, c, d] = [a + width, a + 2 * width, a + 3 * width];
    const e = row * classes;
    for (let k = 0; k < classes; k++) {
      const ea = errors[e + k]!;
      const eb = errors[e + classes + k]!;
      const ec = errors[e + 2 * classes + k]!;
      const ed = errors[e + 3 * classes + k]!;
      const to = k * width;
      for (let j = 0; j < width; j++)
        slopes[to + j]! +=
          ea * features[a + j]! + eb * features[b + j]! + (ec * features[c + j]! + ed * features[d + j]!);
    }
  }
  for (let row = whole; row < rows; row++)
    for (let k = 0; k < classes; k++) {
      const error = errors[row * classes + k]!;
      for (let j = 0; j < width; j++) slopes[k * width + j]! += error * features[(first + row) * width + j]!;
    }
}
