import { Hono } from 'hono';
import * as z from 'zod';
import { type AppDependencies, type AppEnv, nowSeconds } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { createKeySchema, newPolicy, publicKey, rotateKeySchema, updateKeySchema } from '../keys/key-form.ts';
import { KEY_PREFIX } from '../keys/key-reader.ts';
import { decodeRecord, type KeyRecord } from '../keys/key-record.ts';
import { createKeyId, createKeyText, digestOf, isKeyId } from '../keys/key-text.ts';
import { listRecords } from '../records/list-records.ts';
import type { Standing } from '../limits/quotas.ts';
import { wholeSeconds } from '../limits/rate-limit-headers.ts';
import { parseInput, readJsonObject, readOptionalJsonObject } from '../request-body.ts';

const listSchema = z.object({ after: z.string().max(1_000).optional() });
const RETRY_AFTER_SECONDS = 5;

/** Keys, for who has the admin token. A key itself is in the answer that makes it and nowhere else. */
export function adminKeyRoutes(dependencies: AppDependencies) {
  const { keyObject, keyNamespace } = dependencies;
  const now = () => nowSeconds(dependencies);

  function objectOf(id: string) {
    if (!isKeyId(id)) throw new ApiError('key_not_found');
    return keyObject(id);
  }

  function shown(record: KeyRecord | null) {
    if (record === null) throw new ApiError('key_not_found');
    return publicKey(record, now());
  }

  return (
    new Hono<AppEnv>()
      .post('/', async (c) => {
        const request = parseInput(createKeySchema, await readJsonObject(c));
        const { kind, name } = request;
        refuseOrigins(kind, request.origins);
        const id = createKeyId();
        const key = createKeyText({ kind, id });
        const record: KeyRecord = {
          id,
          kind,
          name,
          digests: [{ sha256: await digestOf(key), expiresAt: null }],
          policy: newPolicy(request),
          createdAt: now(),
          revokedAt: null,
        };
        await reach(keyObject(id).create(record));
        return c.json({ ...shown(record), key }, 201, { location: `/admin/v1/keys/${id}` });
      })
      .get('/', async (c) => {
        // From KV: which keys there are, a minute ago at the worst.
        const { after } = parseInput(listSchema, c.req.query());
        const form = { kvPrefix: KEY_PREFIX, decode: decodeRecord };
        const { records, next } = await reach(listRecords({ kv: keyNamespace, form, after: after ?? null }));
        return c.json({ object: 'list', data: records.map((record) => shown(record)), next });
      })
      .get('/:id', async (c) => c.json(shown(await reach(objectOf(c.req.param('id')).read()))))
      .get('/:id/usage', async (c) => {
        const standings = await reach(objectOf(c.req.param('id')).usage());
        if (standings === null) throw new ApiError('key_not_found');
        return c.json({ object: 'key.usage', quotas: standings.map(publicStanding) });
      })
      .patch('/:id', async (c) => {
        const changes = parseInput(updateKeySchema, await readJsonObject(c));
        const object = objectOf(c.req.param('id'));
        const { kind } = shown(await reach(object.read()));
        if (changes.origins !== undefined) refuseOrigins(kind, changes.origins);
        return c.json(shown(await reach(object.update(changes))));
      })
      .post('/:id/rotate', async (c) => {
        const { keep_old_seconds } = parseInput(rotateKeySchema, await readOptionalJsonObject(c));
        const id = c.req.param('id');
        const object = objectOf(id);
        const { kind } = shown(await reach(object.read()));
        const key = createKeyText({ kind, id });
        const sha256 = await digestOf(key);
        const record = await reach(object.rotate({ sha256, now: now(), keepOldSeconds: keep_old_seconds }));
        return c.json({ ...shown(record), key });
      })
      // No DELETE: the key is still listed afterwards, so that one can see what was revoked and when.
      .post('/:id/revoke', async (c) => c.json(shown(await reach(objectOf(c.req.param('id')).revoke(now())))))
  );
}

export function publicStanding({ name, limit, windowSeconds, remaining, fullMs }: Standing) {
  return { name, limit, window_seconds: windowSeconds, remaining, full_in_seconds: wholeSeconds(fullMs) };
}

/** @throws {ApiError} key_store_unavailable in the place of what KV and objects throw */
async function reach<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw new ApiError('key_store_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
  }
}

/** @throws {ApiError} invalid_value for a publishable key without an origin, or a secret one with any */
function refuseOrigins(kind: KeyRecord['kind'], origins: string[]): void {
  const isRight = kind === 'publishable' ? origins.length > 0 : origins.length === 0;
  if (isRight) return;
  const message =
    kind === 'publishable'
      ? 'origins: must name at least one origin, since a publishable key works on no page without.'
      : 'origins: are for publishable keys alone, since a secret key belongs on no page.';
  throw new ApiError('invalid_value', { param: 'origins', message });
}
