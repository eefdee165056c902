import type { Row } from './data.js';
import type { Http } from './http.js';

interface Predicted {
  readonly version: number;
  readonly requestId: string;
  readonly predictions: readonly { readonly label: string }[];
}

/** What the endpoint takes of a row: neither its label nor its year. */
function inputOf(row: Row): Row {
  const { species: _, year: __, ...input } = row;
  return input;
}

/**
 * Asks for predictions as clients do, row by row, and tells the true species afterwards, as the field does. The requests
 * are named, so that a demo that is done again gives the same rows, and the same models from them.
 */
export async function serve(
  http: Http,
  endpoint: string,
  name: string,
  rows: readonly Row[],
): Promise<{ right: number; versions: number[] }> {
  let right = 0;
  const versions = new Set<number>();
  const outcomes: { requestId: string; row: number; label: string }[] = [];
  for (const [index, row] of rows.entries()) {
    const body = { row: inputOf(row) };
    const answer = await http.post<Predicted>(`/v1/endpoints/${endpoint}/predict`, body, `${name}-${index}`);
    versions.add(answer.version);
    if (answer.predictions[0]?.label === row['species']) right++;
    outcomes.push({ requestId: answer.requestId, row: 0, label: String(row['species']) });
  }
  await http.post(`/v1/endpoints/${endpoint}/outcomes`, { outcomes });
  return { right, versions: [...versions] };
}
