import { type Context, Hono } from 'hono';
import { asApiError } from '../errors.ts';
import type { ConsoleEnv } from '../pages/console/admin-client.ts';
import type { Delivery, DeliveryDetail, Key, Page, Webhook } from '../pages/console/answers.ts';
import { DeliveryPage, WebhookPage } from '../pages/console/webhook.tsx';
import { ownersOf, WebhookOwners, Webhooks } from '../pages/console/webhook-list.tsx';
import { sendPage } from '../pages/send-page.ts';
import { serverAddress } from '../pages/server-address.ts';

const NOTICES: Record<string, string> = {
  replayed: 'It is being sent anew.',
  enabled: 'The webhook is on.',
  disabled: 'The webhook is off.',
  tested: 'A test was sent: it is the newest delivery.',
};

/** Webhooks by their owner, and their deliveries with replay. */
export function consoleWebhookRoutes({ developmentMode }: { developmentMode: boolean }) {
  return new Hono<ConsoleEnv>()
    .get('/', async (c) => {
      const after = c.req.query('after');
      const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`;
      const keys = await c.get('admin').ask<Page<Key>>(`/admin/v1/keys${query}`);
      const page = { owners: ownersOf(keys, { developmentMode }), next: keys.next };
      return sendPage(c, <WebhookOwners {...page} address={serverAddress(c.req.raw)} />);
    })
    .get('/:owner', async (c) => {
      const owner = c.req.param('owner');
      const { data } = await c.get('admin').ask<{ data: Webhook[] }>(pathOf(owner));
      return sendPage(c, <Webhooks owner={owner} webhooks={data} address={serverAddress(c.req.raw)} />);
    })
    .get('/:owner/:id', showWebhook)
    .post('/:owner/:id/test', async (c) => {
      await c.get('admin').ask(pathTo(c, '/test'), { method: 'POST' });
      return back(c, 'tested');
    })
    .post('/:owner/:id/enable', async (c) => {
      await c.get('admin').ask(pathTo(c), { method: 'PATCH', body: { enabled: true } });
      return back(c, 'enabled');
    })
    .post('/:owner/:id/disable', async (c) => {
      await c.get('admin').ask(pathTo(c), { method: 'PATCH', body: { enabled: false } });
      return back(c, 'disabled');
    })
    .post('/:owner/:id/replay', async (c) => {
      const request = { method: 'POST' } as const;
      const { deliveries } = await c.get('admin').ask<{ deliveries: number }>(pathTo(c, '/replay'), request);
      return c.redirect(`${pageOf(c)}?count=${deliveries}`, 303);
    })
    .get('/:owner/:id/deliveries/:delivery', async (c) => {
      const { owner, delivery: name } = c.req.param();
      const [webhook, delivery] = await Promise.all([
        c.get('admin').ask<Webhook>(pathTo(c)),
        c.get('admin').ask<DeliveryDetail>(pathTo(c, `/deliveries/${encodeURIComponent(name)}`)),
      ]);
      const page = { owner, webhook, delivery, notice: NOTICES[c.req.query('done') ?? ''] ?? null };
      return sendPage(c, <DeliveryPage {...page} address={serverAddress(c.req.raw)} />);
    })
    .post('/:owner/:id/deliveries/:delivery/replay', async (c) => {
      const delivery = encodeURIComponent(c.req.param('delivery'));
      await c.get('admin').ask(pathTo(c, `/deliveries/${delivery}/replay`), { method: 'POST' });
      return c.redirect(`${pageOf(c)}/deliveries/${delivery}?done=replayed`, 303);
    });
}

type OfWebhook = Context<ConsoleEnv, '/:owner/:id'>;

async function showWebhook(c: OfWebhook) {
  const { status = '', after = '', done = '', count } = c.req.query();
  const query = new URLSearchParams({ ...(status && { status }), ...(after && { after }) });
  const webhook = await c.get('admin').ask<Webhook>(pathTo(c));
  let list: { data: Delivery[]; last_id: string | null; has_more: boolean };
  let problem: string | null = null;
  try {
    list = await c.get('admin').ask(pathTo(c, `/deliveries?${query}`));
  } catch (error) {
    problem = asApiError(error).message;
    list = { data: [], last_id: null, has_more: false };
  }
  const page = {
    ...{ webhook, status, problem, deliveries: list.data },
    owner: c.req.param('owner'),
    next: list.has_more ? list.last_id : null,
    notice:
      count === undefined ? (NOTICES[done] ?? null) : `${Number(count)} deliveries are being sent anew.`,
    address: serverAddress(c.req.raw),
  };
  return sendPage(c, <WebhookPage {...page} />);
}

function back(c: OfWebhook, done: string) {
  return c.redirect(`${pageOf(c)}?done=${done}`, 303);
}

function pageOf(c: OfWebhook): string {
  const { owner, id } = c.req.param();
  return `/console/webhooks/${encodeURIComponent(owner)}/${encodeURIComponent(id)}`;
}

function pathOf(owner: string): string {
  return `/admin/v1/keys/${encodeURIComponent(owner)}/webhooks`;
}

function pathTo(c: OfWebhook, below = ''): string {
  const { owner, id } = c.req.param();
  return `${pathOf(owner)}/${encodeURIComponent(id)}${below}`;
}
