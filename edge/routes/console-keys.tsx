import { type Context, Hono } from 'hono';
import { ApiError } from '../errors.ts';
import type { ConsoleEnv } from '../pages/console/admin-client.ts';
import type { Key, NewKey, Page, Standing } from '../pages/console/answers.ts';
import { KeyPage, KeyText } from '../pages/console/key.tsx';
import { fieldsOfKey, type KeyFieldValues, NEW_KEY } from '../pages/console/key-fields.tsx';
import { keyBody, readKeyFields } from '../pages/console/key-form.ts';
import { Keys } from '../pages/console/keys.tsx';
import { readForm } from '../pages/console/read-form.ts';
import { sendPage } from '../pages/send-page.ts';
import { serverAddress } from '../pages/server-address.ts';

const NOTICES: Record<string, string> = {
  saved: 'Saved.',
  revoked: 'The key is revoked.',
};

export function consoleKeyRoutes() {
  return new Hono<ConsoleEnv>()
    .get('/', (c) => showKeys(c, { form: { ...NEW_KEY, kind: 'secret' } }))
    .post('/', async (c) => {
      const form = await readForm(c);
      const fields = { ...readKeyFields(form), kind: String(form['kind']) };
      try {
        // Where nothing is said of a limit, a new key has its kind's own.
        const { limits, ...body } = keyBody(fields);
        const named = Object.entries(limits as object).filter(([, quota]) => quota !== null);
        const request = { ...body, kind: fields.kind, limits: Object.fromEntries(named) };
        const made = await c.get('admin').ask<NewKey>('/admin/v1/keys', { method: 'POST', body: request });
        return sendPage(c, <KeyText made={made} title="A new key" address={serverAddress(c.req.raw)} />);
      } catch (error) {
        return showKeys(c, { form: fields, problem: refusalOf(c, error) });
      }
    })
    .get('/:id', (c) => showKey(c, c.req.param('id'), { notice: NOTICES[c.req.query('done') ?? ''] ?? null }))
    .post('/:id', async (c) => {
      const id = c.req.param('id');
      const form = readKeyFields(await readForm(c));
      try {
        await c.get('admin').ask(pathOf(id), { method: 'PATCH', body: keyBody(form) });
        return c.redirect(`/console/keys/${encodeURIComponent(id)}?done=saved`, 303);
      } catch (error) {
        return showKey(c, id, { form, problem: refusalOf(c, error) });
      }
    })
    .post('/:id/rotate', async (c) => {
      const form = await readForm(c);
      const body = { keep_old_seconds: Number(form['keep-old']) };
      const request = { method: 'POST', body } as const;
      const made = await c.get('admin').ask<NewKey>(`${pathOf(c.req.param('id'))}/rotate`, request);
      return sendPage(
        c,
        <KeyText made={made} title="The key’s new text" address={serverAddress(c.req.raw)} />,
      );
    })
    .post('/:id/revoke', async (c) => {
      const id = c.req.param('id');
      await c.get('admin').ask(`${pathOf(id)}/revoke`, { method: 'POST' });
      return c.redirect(`/console/keys/${encodeURIComponent(id)}?done=revoked`, 303);
    });
}

async function showKeys(
  c: Context<ConsoleEnv>,
  { form, problem = null }: { form: KeyFieldValues & { kind: string }; problem?: string | null },
) {
  const after = c.req.query('after');
  const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`;
  const page = await c.get('admin').ask<Page<Key>>(`/admin/v1/keys${query}`);
  return sendPage(c, <Keys {...{ page, form, problem }} address={serverAddress(c.req.raw)} />);
}

async function showKey(
  c: Context<ConsoleEnv>,
  id: string,
  { form, ...said }: { form?: KeyFieldValues; notice?: string | null; problem?: string | null },
) {
  const [shown, usage] = await Promise.all([
    c.get('admin').ask<Key>(pathOf(id)),
    c.get('admin').ask<{ quotas: Standing[] }>(`${pathOf(id)}/usage`),
  ]);
  const page = { shown, standings: usage.quotas, form: form ?? fieldsOfKey(shown), ...said };
  return sendPage(c, <KeyPage {...page} address={serverAddress(c.req.raw)} />);
}

/** The API's own sentence, to be shown above the form that was refused; what is no refusal is thrown on. */
function refusalOf(c: Context, error: unknown): string {
  if (!(error instanceof ApiError) || error.status !== 400) throw error;
  c.status(400);
  return error.message;
}

function pathOf(id: string): string {
  return `/admin/v1/keys/${encodeURIComponent(id)}`;
}
