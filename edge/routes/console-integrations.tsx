import { type Context, Hono } from 'hono';
import { ApiError } from '../errors.ts';
import type { ConsoleEnv } from '../pages/console/admin-client.ts';
import type { Integration, IntegrationUsage, Page, Verdict } from '../pages/console/answers.ts';
import { IntegrationPage } from '../pages/console/integration.tsx';
import { Integrations } from '../pages/console/integrations.tsx';
import { sendPage } from '../pages/send-page.ts';
import { serverAddress } from '../pages/server-address.ts';

const NOTICES: Record<string, string> = {
  enabled: 'The integration is on.',
  disabled: 'The integration is off.',
  revoked: 'The integration is removed.',
};

/** What people talk to elsewhere: listed, tested, switched, removed. */
export function consoleIntegrationRoutes() {
  return new Hono<ConsoleEnv>()
    .get('/', async (c) => {
      const after = c.req.query('after');
      const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`;
      const page = await c.get('admin').ask<Page<Integration>>(`/admin/v1/integrations${query}`);
      return sendPage(c, <Integrations page={page} address={serverAddress(c.req.raw)} />);
    })
    .get('/:id', (c) => showIntegration(c, { notice: NOTICES[c.req.query('done') ?? ''] ?? null }))
    .post('/:id/check', async (c) => {
      try {
        const verdict = await c.get('admin').ask<Verdict>(pathTo(c, '/check'), { method: 'POST' });
        return showIntegration(c, said(verdict));
      } catch (error) {
        // Such as a secret that cannot be opened any more: it is told where it can be mended.
        if (!(error instanceof ApiError) || error.status === 404) throw error;
        return showIntegration(c, { problem: error.message });
      }
    })
    .post('/:id/enable', async (c) => {
      await c.get('admin').ask(pathTo(c), { method: 'PATCH', body: { enabled: true } });
      return back(c, 'enabled');
    })
    .post('/:id/disable', async (c) => {
      await c.get('admin').ask(pathTo(c), { method: 'PATCH', body: { enabled: false } });
      return back(c, 'disabled');
    })
    .post('/:id/revoke', async (c) => {
      await c.get('admin').ask(pathTo(c, '/revoke'), { method: 'POST' });
      return back(c, 'revoked');
    });
}

type OfIntegration = Context<ConsoleEnv, '/:id'>;

async function showIntegration(
  c: OfIntegration,
  around: { notice?: string | null; problem?: string | null },
) {
  const [shown, usage] = await Promise.all([
    c.get('admin').ask<Integration>(pathTo(c)),
    c.get('admin').ask<IntegrationUsage>(pathTo(c, '/usage')),
  ]);
  const page = { shown, usage, ...around };
  return sendPage(c, <IntegrationPage {...page} address={serverAddress(c.req.raw)} />);
}

function said({ outcome, detail }: Verdict): { notice?: string; problem?: string } {
  if (outcome === 'failed') return { problem: `The channel refuses: ${detail ?? 'it does not say why'}.` };
  if (outcome === 'ok') return { notice: 'The channel has answered: the connection works.' };
  return { notice: 'This channel has nothing that could be asked: its first message will tell.' };
}

function back(c: OfIntegration, done: string) {
  return c.redirect(`/console/integrations/${encodeURIComponent(c.req.param('id'))}?done=${done}`, 303);
}

function pathTo(c: OfIntegration, rest = ''): string {
  return `/admin/v1/integrations/${encodeURIComponent(c.req.param('id'))}${rest}`;
}
