/** One request to an edge of a test, which is to be answered. @throws {Error} with the answer where it is no success */
export type EdgeCall = ReturnType<typeof edgeCalls>;

export function edgeCalls(url: () => string, headers: Record<string, string> = {}) {
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what the body must be
  return async (method: string, path: string, body?: object): Promise<any> => {
    const response = await fetch(url() + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = response.status === 204 ? null : await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
}
