import { foldName } from '@trainyard/tables/sql';

/**
 * Names for the columns of features, in their order: the features' own, behind a prefix. Where two are equal but for case, as
 * `city=Rome` and `city=ROME` are, the later ones get a number; a NUL, which no name can hold, is shown as ␀. They follow from the
 * transform alone, so that all tables have the same.
 */
export function featureColumns(features: readonly string[], prefix: string): string[] {
  const taken = new Set<string>();
  return features.map((feature) => {
    const wanted = `${prefix}${feature}`.replaceAll('\0', '␀') || 'feature';
    let name = wanted;
    for (let number = 2; taken.has(foldName(name)); number++) name = `${wanted} (${number})`;
    taken.add(foldName(name));
    return name;
  });
}
