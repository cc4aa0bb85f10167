import { getPathNoStrict } from 'hono/utils/url';

const PREFIXES = ['/v2/models/', '/v2/repository/models/'];

/**
 * A request's path as routes see it. Names of models may hold slashes, as the hub's do, and clients of Triton and KServe
 * put them into paths as they are: here they become one segment.
 */
export function readPath(modelNames: readonly string[]): (request: Request) => string {
  const slashed = modelNames.filter((name) => name.includes('/'));
  // Of two names that both begin a path, the longer one is meant.
  const longestFirst = slashed.toSorted((a, b) => b.length - a.length);
  return (request) => {
    const path = getPathNoStrict(request);
    for (const prefix of PREFIXES) {
      const rest = path.startsWith(prefix) ? `${path.slice(prefix.length)}/` : '';
      const name = longestFirst.find((known) => rest.startsWith(`${known}/`));
      if (name !== undefined) {
        return `${prefix}${encodeURIComponent(name)}${path.slice(prefix.length + name.length)}`;
      }
    }
    return path;
  };
}
