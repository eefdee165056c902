/** LightGBM's parameters by their standard names; what is undefined is left to LightGBM. */
export type Parameters = Readonly<Record<string, string | number | boolean | readonly number[] | undefined>>;

/**
 * Parameters as the C library reads them: `learning_rate=0.1 num_leaves=31`, lists with commas. Numbers are
 * written so that they come back bit for bit.
 */
export function parameterText(parameters: Parameters): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${valueText(value)}`]))
    .join(' ');
}

function valueText(value: NonNullable<Parameters[string]>): string {
  return typeof value === 'object' ? value.join(',') : String(value);
}
