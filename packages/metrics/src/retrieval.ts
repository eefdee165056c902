/**
 * For each row the place, from 1, of the nearest other row with its label, by the cosine of their vectors; of rows that are
 * equally near those with other labels come first, so no order of rows shows. NaN where no other row has the label. A vector
 * of zeros is as far from all others as one at a right angle. Takes time in the square of the rows.
 */
export function nearestAlikePlaces(vectors: Float64Array, size: number, labels: readonly string[]): Float64Array {
  const unit = unitVectors(vectors, size);
  const cosines = new Float64Array(labels.length);
  return Float64Array.from(labels, (label, row) => {
    let nearest = -Infinity;
    for (let other = 0; other < labels.length; other++) {
      let cosine = 0;
      for (let d = 0; d < size; d++) cosine += unit[row * size + d]! * unit[other * size + d]!;
      cosines[other] = cosine;
      if (other !== row && labels[other] === label && cosine > nearest) nearest = cosine;
    }
    if (nearest === -Infinity) return NaN;
    let place = 1;
    for (let other = 0; other < labels.length; other++)
      if (labels[other] !== label && cosines[other]! >= nearest) place++;
    return place;
  });
}

function unitVectors(vectors: Float64Array, size: number): Float64Array {
  const unit = new Float64Array(vectors.length);
  for (let at = 0; at < vectors.length; at += size) {
    let square = 0;
    for (let d = 0; d < size; d++) square += vectors[at + d]! ** 2;
    if (square > 0) for (let d = 0; d < size; d++) unit[at + d] = vectors[at + d]! / Math.sqrt(square);
  }
  return unit;
}
