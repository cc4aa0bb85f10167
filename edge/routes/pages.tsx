/// <reference path="../pages/text-modules.d.ts" />
import { Hono } from 'hono';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import script from '../pages/chat.client.js';
import style from '../pages/chat.css';
import page from '../pages/chat.html';
import { Docs } from '../pages/docs/docs.tsx';
import { pageFacts } from '../pages/page-facts.ts';
import { pagePolicy } from '../pages/policy.ts';
import { Playground } from '../pages/playground/playground.tsx';
import { sendPage } from '../pages/send-page.ts';

/** What people see. The chat talks to the sessions' routes as any other page does, with a publishable key if it has one. */
export function pageRoutes({ settings, model }: Pick<AppDependencies, 'settings' | 'model'>) {
  const withKey = page.replace(
    'name="tandem-key" content=""',
    `name="tandem-key" content="${settings.chatKey ?? ''}"`,
  );
  return new Hono<AppEnv>()
    .get('/', pagePolicy, (c) => c.html(withKey))
    .get('/docs', pagePolicy, (c) => sendPage(c, <Docs {...pageFacts(c.req.raw, settings)} />))
    .get('/playground', pagePolicy, (c) =>
      sendPage(c, <Playground {...pageFacts(c.req.raw, settings)} model={model} />),
    )
    .get('/chat.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }))
    .get('/chat.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
}
