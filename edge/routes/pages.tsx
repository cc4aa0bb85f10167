import { Hono } from 'hono';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { Docs } from '../pages/docs/docs.tsx';
import { Home } from '../pages/home/home.tsx';
import { pageFacts } from '../pages/page-facts.ts';
import { Playground } from '../pages/playground/playground.tsx';
import { pagePolicy } from '../pages/policy.ts';
import { sendPage } from '../pages/send-page.ts';

/** What people see. The pages' own scripts call the API as any other page does, with a publishable key if there is one. */
export function pageRoutes({ settings, model }: Pick<AppDependencies, 'settings' | 'model'>) {
  return new Hono<AppEnv>()
    .get('/', pagePolicy, (c) => sendPage(c, <Home {...pageFacts(c.req.raw, settings)} model={model} />))
    .get('/playground', pagePolicy, (c) =>
      sendPage(c, <Playground {...pageFacts(c.req.raw, settings)} model={model} />),
    )
    .get('/docs', pagePolicy, (c) => sendPage(c, <Docs {...pageFacts(c.req.raw, settings)} />));
}
