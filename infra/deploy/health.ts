import * as z from 'zod';
import { type Asked, ask } from '../doctor/ask.ts';

// Versions from before told no id.
const healthSchema = z.looseObject({ status: z.string(), version_id: z.string().optional() });
const diagnosticsSchema = z.looseObject({
  stores: z.array(z.looseObject({ name: z.string(), ok: z.boolean(), error: z.string().nullable() })),
});
const errorSchema = z.object({ error: z.object({ message: z.string() }) });

export interface EdgeUnderWatch {
  /** Without a slash at its end. */
  address: string;
  worker: string;
  adminToken: string | undefined;
}

/** What one question to the edge showed. */
export interface Probe {
  /** Who answered; undefined where no Tandem that tells it did. */
  versionId: string | undefined;
  /** Undefined where it is well. */
  trouble: string | undefined;
}

/** Asks for a version: Cloudflare sends a request that names one of the deployment's versions there, even one with no share. */
export function pinnedTo(worker: string, versionId: string): Record<string, string> {
  return { 'cloudflare-workers-version-overrides': `${worker}="${versionId}"` };
}

/** Whether that version would answer a message now. */
export async function probeHealth({ address, worker }: EdgeUnderWatch, versionId: string): Promise<Probe> {
  const answer = await ask(`${address}/healthz`, { headers: pinnedTo(worker, versionId) });
  const health = answer.answered ? healthSchema.safeParse(answer.body).data : undefined;
  if (answer.answered && answer.status === 200 && health !== undefined)
    return { versionId: health.version_id, trouble: undefined };
  const trouble = health?.status === 'degraded' ? 'no backend of its is ready' : describe(answer);
  return { versionId: health?.version_id, trouble: `/healthz: ${trouble}` };
}

/**
 * Whether everything that the version stands on answers it. @returns what does not; undefined where all is well; or that nobody
 * could ask, which says nothing of the version
 */
export async function probeStores(
  { address, worker, adminToken }: EdgeUnderWatch,
  versionId: string,
): Promise<{ trouble: string | undefined } | 'cannot ask'> {
  if (adminToken === undefined) return 'cannot ask';
  const headers = { ...pinnedTo(worker, versionId), authorization: `Bearer ${adminToken}` };
  const answer = await ask(`${address}/admin/v1/diagnostics`, { headers });
  if (answer.answered && (answer.status === 401 || answer.status === 404)) return 'cannot ask';
  const stores = answer.answered ? diagnosticsSchema.safeParse(answer.body).data?.stores : undefined;
  if (stores === undefined) return { trouble: `/admin/v1/diagnostics: ${describe(answer)}` };
  const broken = stores.filter(({ ok }) => !ok).map(({ name, error }) => `${name}: ${error ?? 'no answer'}`);
  return { trouble: broken.length === 0 ? undefined : broken.join('; ') };
}

function describe(answer: Asked): string {
  if (!answer.answered) return answer.why;
  const said = errorSchema.safeParse(answer.body).data?.error.message;
  return said === undefined ? `answered ${answer.status}` : `answered ${answer.status}, ${said}`;
}
