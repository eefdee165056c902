/** Requests to Trainyard's server, with the project's key. */
export interface Http {
  get<T>(path: string): Promise<T>;
  /** `requestId`: the caller's own name for a prediction. */
  post<T>(path: string, body: unknown, requestId?: string): Promise<T>;
}

export function httpTo(server: string, key: string): Http {
  const ask = async <T>(path: string, init: RequestInit, requestId?: string): Promise<T> => {
    const response = await fetch(`${server}${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
      },
    });
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    get: (path) => ask(path, {}),
    post: (path, body, requestId) => ask(path, { method: 'POST', body: JSON.stringify(body) }, requestId),
  };
}
