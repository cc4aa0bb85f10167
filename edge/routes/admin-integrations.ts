import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { parsePersona } from '../conversation/persona.ts';
import { type AppDependencies, type AppEnv, nowSeconds } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { listRecords } from '../records/list-records.ts';
import { parseInput, readJsonObject, readOptionalJsonObject } from '../request-body.ts';
import type { Sealer } from '../secrets/sealed.ts';
import { type AnyChannel, CHANNELS } from '../webhooks/channels/registry.ts';
import { askChannel } from '../webhooks/integrations/ask-channel.ts';
import { channelFields, parseSettings, snakeCase } from '../webhooks/integrations/channel-fields.ts';
import { openSettings, reachStore } from '../webhooks/integrations/find-integration.ts';
import {
  createIntegrationSchema,
  newPolicy,
  publicIntegration,
  rotateSecretsSchema,
  updateIntegrationSchema,
} from '../webhooks/integrations/integration-form.ts';
import {
  createIntegrationId,
  INTEGRATION_FORM,
  type IntegrationRecord,
  isIntegrationId,
} from '../webhooks/integrations/integration-record.ts';
import { generateSecrets, newestSecrets, sealSecrets } from '../webhooks/integrations/secrets.ts';
import { publicStanding } from './admin-keys.ts';

export const registerSchema = z.strictObject({
  webhook_url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .exactOptional()
    .describe(
      'The integration’s address as the channel is to call it, where it is not the one of this request.',
    ),
});
const listSchema = z.object({ after: z.string().max(1_000).optional() });

/** Integrations with other people's channels, for who has the admin token. Secrets go in, and do not come out again. */
export function adminIntegrationRoutes(dependencies: AppDependencies) {
  const { integrationObject, keyNamespace, model } = dependencies;
  const now = () => nowSeconds(dependencies);
  const originOf = (c: Context) => new URL(c.req.url).origin;

  function sealer(): Sealer {
    if (dependencies.sealer === null) throw new ApiError('sealing_unavailable');
    return dependencies.sealer;
  }

  function objectOf(id: string) {
    if (!isIntegrationId(id)) throw new ApiError('integration_not_found');
    return integrationObject(id);
  }

  /** @throws {ApiError} integration_not_found also for one that is revoked, which nothing changes any more */
  async function current(id: string): Promise<{ record: IntegrationRecord; channel: AnyChannel }> {
    const record = await reachStore(objectOf(id).read());
    const channel = CHANNELS.get(record?.channel ?? '');
    if (record === null || record.revokedAt !== null || channel === undefined)
      throw new ApiError('integration_not_found');
    return { record, channel };
  }

  function shown(c: Context, record: IntegrationRecord | null) {
    if (record === null) throw new ApiError('integration_not_found');
    return publicIntegration(record, { now: now(), origin: originOf(c) });
  }

  function readPersona(persona: string | string[]): string[] {
    const { tokenizer, config } = model;
    return parsePersona(persona, { tokenizer, maxPositions: config.maxPositions, param: 'persona' });
  }

  return (
    new Hono<AppEnv>()
      .post('/', async (c) => {
        const request = parseInput(createIntegrationSchema, await readJsonObject(c));
        const channel = CHANNELS.get(request.channel)!;
        const generated = generateSecrets(channel, { except: Object.keys(request.secrets) });
        const given = { ...generated, ...request.secrets };
        const { settings, secrets } = parseSettings(channel, { settings: request.settings, secrets: given });
        const id = createIntegrationId();
        const sealed = await sealSecrets(sealer(), id, secrets);
        const setAt = now();
        const record: IntegrationRecord = {
          ...{ id, channel: channel.name, name: request.name, enabled: request.enabled, settings },
          secrets: newestSecrets(sealed, setAt),
          ...{ persona: readPersona(request.persona), places: request.places, policy: newPolicy(request) },
          ...{ createdAt: setAt, revokedAt: null },
        };
        await reachStore(integrationObject(id).create(record));
        const location = `/admin/v1/integrations/${id}`;
        return c.json({ ...shown(c, record), generated_secrets: generated }, 201, { location });
      })
      .get('/', async (c) => {
        const { after } = parseInput(listSchema, c.req.query());
        const options = { kv: keyNamespace, form: INTEGRATION_FORM, after: after ?? null };
        const { records, next } = await reachStore(listRecords(options));
        return c.json({ object: 'list', data: records.map((record) => shown(c, record)), next });
      })
      .get('/:id', async (c) => c.json(shown(c, await reachStore(objectOf(c.req.param('id')).read()))))
      .get('/:id/usage', async (c) => {
        const object = objectOf(c.req.param('id'));
        const [standings, failure] = await reachStore(Promise.all([object.usage(), object.lastFailure()]));
        if (standings === null) throw new ApiError('integration_not_found');
        return c.json({
          object: 'integration.usage',
          quotas: standings.map(publicStanding),
          last_error: failure && { at: failure.at, reason: failure.reason },
        });
      })
      .patch('/:id', async (c) => {
        const { settings, persona, ...changes } = parseInput(
          updateIntegrationSchema,
          await readJsonObject(c),
        );
        const { record, channel } = await current(c.req.param('id'));
        const parsed = settings && (await changeSettings(record, channel, settings));
        const changed = await reachStore(
          objectOf(record.id).update({
            ...changes,
            ...(parsed !== undefined && { settings: parsed }),
            ...(persona !== undefined && { persona: readPersona(persona) }),
          }),
        );
        return c.json(shown(c, changed));
      })
      .post('/:id/rotate', async (c) => {
        const request = parseInput(rotateSecretsSchema, await readOptionalJsonObject(c));
        const { record, channel } = await current(c.req.param('id'));
        const generated = generateSecrets(channel, { only: request.generate });
        const given = { ...generated, ...request.secrets };
        if (Object.keys(given).length === 0) {
          const message = `secrets: name what is new, of ${channel.secrets.map(snakeCase).join(', ')}.`;
          throw new ApiError('invalid_value', { param: 'secrets', message });
        }
        const before = await openSettings(record, { sealer: sealer(), now: now() });
        const { secrets } = parseSettings(channel, {
          settings: record.settings,
          secrets: { ...newestOf(channel, before), ...given },
        });
        const fresh = Object.entries(secrets).filter(([name]) => Object.hasOwn(given, snakeCase(name)));
        const rotated = await reachStore(
          objectOf(record.id).rotate({
            secrets: await sealSecrets(sealer(), record.id, Object.fromEntries(fresh)),
            now: now(),
            keepOldSeconds: request.keep_old_seconds,
          }),
        );
        return c.json({ ...shown(c, rotated), generated_secrets: generated });
      })
      .post('/:id/check', async (c) => {
        const { record, channel } = await current(c.req.param('id'));
        const call = channel.check(await settingsFor(record, channel));
        const verdict = await askChannel(call === null ? [] : [call], { channel, ...dependencies });
        return c.json({ object: 'integration.verdict', ...verdict });
      })
      .post('/:id/register', async (c) => {
        const { webhook_url } = parseInput(registerSchema, await readOptionalJsonObject(c));
        const { record, channel } = await current(c.req.param('id'));
        const url = webhook_url ?? shown(c, record).webhook_url;
        const calls = channel.register?.(url, await settingsFor(record, channel)) ?? [];
        return c.json({
          object: 'integration.verdict',
          ...(await askChannel(calls, { channel, ...dependencies })),
        });
      })
      // No DELETE: it is still listed afterwards, so that one can see what was revoked and when.
      .post('/:id/revoke', async (c) =>
        c.json(shown(c, await reachStore(objectOf(c.req.param('id')).revoke(now())))),
      )
  );

  /** As the channel's functions take them. */
  async function settingsFor(record: IntegrationRecord, channel: AnyChannel): Promise<unknown> {
    const opened = await openSettings(record, { sealer: sealer(), now: now() });
    // Refuses in our own words where a secret cannot be opened any more.
    parseSettings(channel, {
      settings: namedForApi(record.settings),
      secrets: newestOf(channel, opened),
    });
    return channel.settings.parse(opened);
  }

  /** All settings after some were changed; null takes one back to what it is where nothing is said. */
  async function changeSettings(
    record: IntegrationRecord,
    channel: AnyChannel,
    changes: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const opened = await openSettings(record, { sealer: sealer(), now: now() });
    const merged = { ...namedForApi(record.settings), ...changes };
    const left = Object.entries(merged).filter(([, value]) => value !== null);
    const given = { settings: Object.fromEntries(left), secrets: newestOf(channel, opened) };
    return parseSettings(channel, given).settings;
  }
}

/** The channels there are, and what each wants to know. */
export function adminChannelRoutes() {
  return new Hono<AppEnv>().get('/', (c) => {
    const data = [...CHANNELS.values()].map((channel) => ({
      object: 'channel' as const,
      name: channel.name,
      fields: channelFields(channel),
    }));
    return c.json({ object: 'list', data });
  });
}

/** The newest of each secret, by the names of the admin API. */
function newestOf(channel: AnyChannel, settings: Record<string, unknown>): Record<string, string> {
  const found = channel.secrets.flatMap((name) => {
    const [newest] = (settings[name] ?? []) as string[];
    return newest === undefined ? [] : [[snakeCase(name), newest]];
  });
  return Object.fromEntries(found);
}

function namedForApi(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [snakeCase(name), value]));
}
