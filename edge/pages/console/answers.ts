import type { publicBackend } from '../../routes/admin-backends.ts';
import type { publicStanding } from '../../routes/admin-keys.ts';
import type { publicSummary } from '../../routes/admin-sessions.ts';
import type { publicKey } from '../../keys/key-form.ts';
import type { ChannelVerdict } from '../../webhooks/integrations/ask-channel.ts';
import type { publicIntegration } from '../../webhooks/integrations/integration-form.ts';
import type { IntegrationFailure } from '../../webhooks/integrations/integration-object.ts';
import type {
  publicDelivery,
  publicDeliveryDetail,
  publicWebhook,
} from '../../webhooks/outbound/webhook-form.ts';
import type { publicCandidate } from '../../routes/health.ts';
import type { publicSession } from '../../routes/sessions.ts';

/** What the admin API answers, as the console's pages read it. */
export type Key = ReturnType<typeof publicKey>;
export type NewKey = Key & { key: string };
export type Session = ReturnType<typeof publicSession> & { key_id: string | null };
export type SessionSummary = ReturnType<typeof publicSummary>;
export type Backend = ReturnType<typeof publicBackend>;
export type Webhook = ReturnType<typeof publicWebhook>;
export type Delivery = ReturnType<typeof publicDelivery>;
export type DeliveryDetail = ReturnType<typeof publicDeliveryDetail>;
export type Standing = ReturnType<typeof publicStanding>;
export type Integration = ReturnType<typeof publicIntegration>;
export type Verdict = ChannelVerdict;

export interface IntegrationUsage {
  quotas: Standing[];
  last_error: IntegrationFailure | null;
}

export interface Page<Item> {
  data: Item[];
  next: string | null;
}

export type Candidate = Awaited<ReturnType<typeof publicCandidate>>;
type Readiness = { name: string; ready: boolean }[];

export interface Health {
  backends: Readiness;
  candidate?: Candidate & { backends: Readiness };
}
