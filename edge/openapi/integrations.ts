import * as z from 'zod';
import { QUOTA_NAMES } from '../limits/key-limits.ts';
import { registerSchema } from '../routes/admin-integrations.ts';
import {
  createIntegrationSchema,
  rotateSecretsSchema,
  updateIntegrationSchema,
} from '../webhooks/integrations/integration-form.ts';
import { BODY_ERRORS, type Operation, type Parameter } from './operation.ts';
import { standing } from './standing.ts';

const quota = z.strictObject({ limit: z.int(), window_seconds: z.int() }).nullable();
const integration = z.strictObject({
  id: z.string(),
  object: z.literal('integration'),
  channel: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  webhook_url: z.string().describe('Where the channel sends what people say.'),
  settings: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.strictObject({ set_at: z.int(), old_valid_until: z.int().nullable() })),
  persona: z.array(z.string()),
  places: z.array(z.string()).nullable(),
  safety: z.boolean(),
  limits: z.strictObject(Object.fromEntries(QUOTA_NAMES.map((name) => [name, quota]))),
  steps: z.array(z.string()).describe('What the owner does at the channel by hand.'),
  created_at: z.int(),
  revoked_at: z.int().nullable(),
});
const withGenerated = integration.extend({
  generated_secrets: z
    .record(z.string(), z.string())
    .describe('Secrets that were made here: told here alone.'),
});
const channel = z.strictObject({
  object: z.literal('channel'),
  name: z.string(),
  fields: z.array(
    z.strictObject({
      name: z.string(),
      secret: z.boolean().describe('Goes into `secrets`, and not into `settings`.'),
      required: z.boolean(),
      generated: z.boolean().describe('Made here where it is left out.'),
      description: z.string(),
    }),
  ),
});

const id: Parameter = { name: 'id', in: 'path', description: 'The integration’s id.', schema: z.string() };
const shown = { status: 200, description: 'The integration.', schema: integration };
const verdict = {
  status: 200,
  description: 'How the channel took it.',
  schema: z.strictObject({
    object: z.literal('integration.verdict'),
    outcome: z.enum(['ok', 'failed', 'nothing_to_do']),
    detail: z
      .string()
      .nullable()
      .describe('What the channel says is wrong, its HTTP status, or why there is no answer.'),
  }),
};
const ofOne = ['integration_not_found', 'integration_store_unavailable'] as const;
const ofChanges = [...BODY_ERRORS, 'persona_too_long', 'sealing_unavailable'] as const;

export const integrationOperations: Operation[] = [
  {
    method: 'get',
    path: '/admin/v1/channels',
    id: 'listChannels',
    tag: 'Webhooks',
    summary: 'The channels there are, and what each wants to know',
    answers: [
      {
        status: 200,
        description: 'All of them.',
        schema: z.strictObject({ object: z.literal('list'), data: z.array(channel) }),
      },
    ],
    errors: [],
    access: 'admin',
  },
  {
    method: 'post',
    path: '/admin/v1/integrations',
    id: 'createIntegration',
    tag: 'Webhooks',
    summary: 'Let people talk where they already do',
    body: {
      schema: createIntegrationSchema,
      example: { channel: 'slack', name: 'support', secrets: { bot_token: 'xoxb-…', signing_secret: '…' } },
    },
    answers: [{ status: 201, description: 'The integration.', schema: withGenerated, headers: ['location'] }],
    errors: [...ofChanges, 'integration_store_unavailable'],
    access: 'admin',
  },
  {
    method: 'get',
    path: '/admin/v1/integrations',
    id: 'listIntegrations',
    tag: 'Webhooks',
    summary: 'All integrations, as they were a minute ago at the worst',
    parameters: [
      { name: 'after', in: 'query', description: '`next` of the page before.', schema: z.string() },
    ],
    answers: [
      {
        status: 200,
        description: 'A page of them.',
        schema: z.strictObject({
          object: z.literal('list'),
          data: z.array(integration),
          next: z.string().nullable(),
        }),
      },
    ],
    errors: ['invalid_value', 'integration_store_unavailable'],
    access: 'admin',
  },
  {
    method: 'get',
    path: '/admin/v1/integrations/{id}',
    id: 'retrieveIntegration',
    tag: 'Webhooks',
    summary: 'One integration',
    parameters: [id],
    answers: [shown],
    errors: ofOne,
    access: 'admin',
  },
  {
    method: 'get',
    path: '/admin/v1/integrations/{id}/usage',
    id: 'readIntegrationUsage',
    tag: 'Webhooks',
    summary: 'How an integration’s own quotas stand now, and what failed last',
    parameters: [id],
    answers: [
      {
        status: 200,
        description: 'Each quota that it has.',
        schema: z.strictObject({
          object: z.literal('integration.usage'),
          quotas: z.array(standing),
          last_error: z
            .strictObject({
              at: z.int(),
              reason: z.string().describe('What the channel has said, or what failed here.'),
            })
            .nullable()
            .describe('Of the last message that was not answered.'),
        }),
      },
    ],
    errors: ofOne,
    access: 'admin',
  },
  {
    method: 'patch',
    path: '/admin/v1/integrations/{id}',
    id: 'updateIntegration',
    tag: 'Webhooks',
    summary: 'Change what an integration does',
    parameters: [id],
    body: { schema: updateIntegrationSchema, example: { places: ['C024BE91L'], safety: true } },
    answers: [shown],
    errors: [...ofChanges, ...ofOne],
    access: 'admin',
  },
  {
    method: 'post',
    path: '/admin/v1/integrations/{id}/rotate',
    id: 'rotateIntegrationSecrets',
    tag: 'Webhooks',
    summary: 'Give an integration new secrets; the old ones stay valid for a while',
    parameters: [id],
    body: { schema: rotateSecretsSchema, example: { secrets: { signing_secret: '…' } }, optional: true },
    answers: [{ status: 200, description: 'The integration.', schema: withGenerated }],
    errors: [...ofChanges, ...ofOne],
    access: 'admin',
  },
  {
    method: 'post',
    path: '/admin/v1/integrations/{id}/check',
    id: 'checkIntegration',
    tag: 'Webhooks',
    summary: 'Ask the channel whether the secrets are right',
    parameters: [id],
    answers: [verdict],
    errors: ['invalid_value', ...ofOne, 'sealing_unavailable'],
    access: 'admin',
  },
  {
    method: 'post',
    path: '/admin/v1/integrations/{id}/register',
    id: 'registerIntegration',
    tag: 'Webhooks',
    summary: 'Tell the channel the address and the commands, where it has an API for that',
    parameters: [id],
    body: { schema: registerSchema, example: {}, optional: true },
    answers: [verdict],
    errors: [...BODY_ERRORS, ...ofOne, 'sealing_unavailable'],
    access: 'admin',
  },
  {
    method: 'post',
    path: '/admin/v1/integrations/{id}/revoke',
    id: 'revokeIntegration',
    tag: 'Webhooks',
    summary: 'End an integration for good, and forget its secrets; it stays listed for a while',
    description: 'What was said in its conversations is erased within two days.',
    parameters: [id],
    answers: [shown],
    errors: ofOne,
    access: 'admin',
  },
];
