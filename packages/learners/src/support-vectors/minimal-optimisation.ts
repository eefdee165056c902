import type { KernelMatrix } from './kernel.js';

export interface KernelMargin {
  /** Side times multiplier of each row; 0 for those that support nothing. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** What stands for a curvature that is not positive; τ in the paper. */
const LEAST_CURVATURE = 1e-12;

const [RISES, FALLS] = [1, 2];

/**
 * Sequential minimal optimisation with second-order choice of the pair (Platt 1998; Fan, Chen and Lin 2005, WSS 2), as in LIBSVM (Chang
 * and Lin 2011): least ½ αᵀQα − Σα with 0 ≤ α ≤ C of its row and Σ side·α = 0, until no pair violates the conditions by more than
 * `tolerance`. Draws no random numbers.
 */
export function optimise(
  kernel: KernelMatrix,
  sides: Int8Array,
  prices: Float64Array,
  { tolerance, iterations }: { readonly tolerance: number; readonly iterations: number },
): KernelMargin {
  const rows = sides.length;
  const alphas = new Float64Array(rows);
  // −side · slope of each row: by how much its sideᵢαᵢ wants to rise.
  const wants = Float64Array.from(sides);
  const moves = new Uint8Array(rows);
  const diagonal = kernel.diagonal();
  for (let t = 0; t < rows; t++) see(t);
  let iteration = 0;
  let converged = false;
  for (; iteration < iterations; iteration++) {
    let i = -1;
    let steepest = -Infinity;
    for (let t = 0; t < rows; t++) {
      const value = wants[t]!;
      if (value > steepest && (moves[t]! & RISES) !== 0) {
        i = t;
        steepest = value;
      }
    }
    if (i < 0) {
      converged = true;
      break;
    }
    const own = kernel.row(i);
    const ownLength = diagonal[i]!;
    let j = -1;
    let lowest = Infinity;
    let gain = 0;
    for (let t = 0; t < rows; t++) {
      const value = wants[t]!;
      if ((moves[t]! & FALLS) === 0 || (value >= steepest && value >= lowest)) continue;
      if (value < lowest) lowest = value;
      const apart = steepest - value;
      if (apart <= 0) continue;
      const curvature = ownLength + diagonal[t]! - 2 * own[t]!;
      const here = (apart * apart) / (curvature > 0 ? curvature : LEAST_CURVATURE);
      if (here > gain) {
        j = t;
        gain = here;
      }
    }
    if (j < 0 || steepest - lowest < tolerance) {
      converged = true;
      break;
    }
    step(i, j, own, kernel.row(j));
  }
  return {
    coefficients: alphas.map((alpha, t) => alpha * sides[t]!),
    intercept: intercept(),
    iterations: iteration,
    converged,
  };

  /** Whether sideₜαₜ may rise and fall. */
  function see(t: number): void {
    const [above, below] = [alphas[t]! > 0, alphas[t]! < prices[t]!];
    const [rises, falls] = sides[t] === 1 ? [below, above] : [above, below];
    moves[t] = (rises ? RISES : 0) | (falls ? FALLS : 0);
  }

  /** Moves along sideᵢαᵢ + sideⱼαⱼ = constant to the least of the two, inside their bounds. */
  function step(i: number, j: number, ofI: Float64Array, ofJ: Float64Array): void {
    const curvature = diagonal[i]! + diagonal[j]! - 2 * ofI[j]!;
    const yi = sides[i]!;
    const yj = sides[j]!;
    const wanted = (wants[i]! - wants[j]!) / (curvature > 0 ? curvature : LEAST_CURVATURE);
    // The move of sideᵢαᵢ upwards, that of sideⱼαⱼ downwards.
    const roomI = yi === 1 ? prices[i]! - alphas[i]! : alphas[i]!;
    const roomJ = yj === 1 ? alphas[j]! : prices[j]! - alphas[j]!;
    const move = Math.min(wanted, roomI, roomJ);
    alphas[i] = move === roomI ? (yi === 1 ? prices[i]! : 0) : alphas[i]! + yi * move;
    alphas[j] = move === roomJ ? (yj === 1 ? 0 : prices[j]!) : alphas[j]! - yj * move;
    see(i);
    see(j);
    for (let t = 0; t < rows; t++) wants[t]! -= move * (ofI[t]! - ofJ[t]!);
  }

  /** From the rows on the margin; where there are none the middle of what the others allow. */
  function intercept(): number {
    let [free, sum, upper, lower] = [0, 0, Infinity, -Infinity];
    for (let t = 0; t < rows; t++) {
      const value = -wants[t]!;
      if (alphas[t]! > 0 && alphas[t]! < prices[t]!) {
        free++;
        sum += value;
      } else if ((alphas[t] === 0) === (sides[t] === 1)) upper = Math.min(upper, value);
      else lower = Math.max(lower, value);
    }
    return -(free > 0 ? sum / free : (upper + lower) / 2);
  }
}
