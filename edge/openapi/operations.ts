import { adminOperations } from './admin.ts';
import { diagnosticsOperations } from './diagnostics.ts';
import { huggingFaceOperations } from './huggingface.ts';
import { integrationOperations } from './integrations.ts';
import { inboundOperations } from './inbound.ts';
import { keyOperations } from './keys.ts';
import { feedbackOperations, modelOperations } from './models.ts';
import { openaiOperations } from './openai.ts';
import type { Operation } from './operation.ts';
import { serviceOperations } from './service.ts';
import { sessionOperations } from './sessions.ts';
import { tokenOperations } from './tokens.ts';
import { webhookOperations } from './webhooks.ts';

/** Every operation of the edge, in the order of the description. */
export const OPERATIONS: Operation[] = [
  ...openaiOperations,
  ...tokenOperations,
  ...huggingFaceOperations,
  ...sessionOperations,
  ...feedbackOperations,
  ...webhookOperations,
  ...keyOperations,
  ...adminOperations,
  ...modelOperations,
  ...diagnosticsOperations,
  ...integrationOperations,
  ...inboundOperations,
  ...serviceOperations,
];
