import { env } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { createBackend } from './backends/backend.ts';
import { readSettings } from './env.ts';
import { createKvSessionStore } from './session/kv-session-store.ts';
import { modelConfig, tokenizer } from './tokenizer/model.ts';

// Read at module scope: a wrong variable fails the deployment and not the first request.
const settings = readSettings(env);

export default createApp({
  settings,
  model: { name: settings.modelName, config: modelConfig, tokenizer },
  backend: createBackend({
    endpoint: settings.backend,
    modelName: settings.modelName,
    padToken: modelConfig.tokens.pad,
    vocabSize: modelConfig.vocabSize,
    fetch: (input, init) => fetch(input, init),
  }),
  sessions: createKvSessionStore(env.SESSIONS, {
    now: Date.now,
    wait: (ms) => scheduler.wait(ms),
    random: Math.random,
  }),
  rateLimiter: env.RATE_LIMITER,
  log: (entry) => console.log(JSON.stringify(entry)),
  now: Date.now,
});
