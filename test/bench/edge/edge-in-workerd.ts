import { readFile } from 'node:fs/promises';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';
import { WRANGLER_CONFIG } from '../../../infra/paths.ts';
import type { Bundle } from './bundle.ts';
import { childProcesses } from './process-cpu.ts';

/** The worker in workerd with its bindings, asked over a socket of its own: no proxy of `wrangler dev` is between. */
export interface EdgeInWorkerd {
  url: string;
  /** workerd's process. */
  pid: number;
  stop(): Promise<void>;
}

/** Development mode asks who connects; Cloudflare's edge would say it. */
export const FROM_LOOPBACK = { 'cf-connecting-ip': '127.0.0.1' };

const NAME = 'edge';
const NO_LIMIT = { namespace_id: '0', simple: { limit: 1_000_000_000, period: 60 as const } };

/**
 * @param variables the worker's, over wrangler.toml's
 * @param options.staticFiles with Miniflare's stand-in for Cloudflare's serving of them: three workers in JavaScript, which each request
 *   passes before it is the worker's
 */
export async function startEdge(
  bundle: Pick<Bundle, 'modules'>,
  variables: Record<string, string>,
  { staticFiles = false }: { staticFiles?: boolean } = {},
): Promise<EdgeInWorkerd> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(WRANGLER_CONFIG);
  const { modulesRules: _rules, ratelimits, assets, ...options } = workerOptions;
  const script = bundle.modules.find(({ name }) => name.endsWith('worker.js'))!;
  const before = await childProcesses('workerd');
  const miniflare = new Miniflare(
    // What wrangler makes of its configuration is still of the form before.
    convertV4MiniflareOptions({
      ...options,
      name: NAME,
      ...(staticFiles && { assets: assets as { directory: string } }),
      modules: [
        { type: 'ESModule', path: script.name, contents: script.contents },
        ...bundle.modules
          .filter((module) => module !== script)
          .map(({ name, contents }) => ({ type: 'Text' as const, path: name, contents })),
      ],
      bindings: { ...(options['bindings'] as object), DEVELOPMENT_MODE: 'true', ...variables },
      // The limits stay in the way of each request, and let all of them through.
      ratelimits: Object.fromEntries(Object.keys(ratelimits ?? {}).map((name) => [name, NO_LIMIT])),
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
      // One log line a request: written, and read by nobody.
      handleStructuredLogs: () => {},
    }),
  );
  const url = await miniflare.unsafeGetDirectURL(NAME);
  const started = await childProcesses('workerd');
  const pid = started.find((candidate) => !before.includes(candidate));
  if (pid === undefined) throw new Error('workerd did not start.');
  return { url: url.href.replace(/\/$/, ''), pid, stop: () => miniflare.dispose() };
}

/** Whether this system tells the processor time of other processes. */
export async function tellsCpuTime(): Promise<boolean> {
  return readFile('/proc/self/stat').then(
    () => true,
    () => false,
  );
}
