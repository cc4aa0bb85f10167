import { Hono } from 'hono';
import { asApiError } from '../errors.ts';
import type { ConsoleEnv } from '../pages/console/admin-client.ts';
import type { Page, Session, SessionSummary } from '../pages/console/answers.ts';
import { SessionPage } from '../pages/console/session.tsx';
import { Sessions } from '../pages/console/sessions.tsx';
import { sendPage } from '../pages/send-page.ts';
import { serverAddress } from '../pages/server-address.ts';

const NOBODY: Page<SessionSummary> = { data: [], next: null };

export function consoleSessionRoutes() {
  return new Hono<ConsoleEnv>()
    .get('/', async (c) => {
      const { search = '', key = '', after = '', erased } = c.req.query();
      const query = new URLSearchParams({
        ...(search && { search }),
        ...(key && { key: key.trim() }),
        ...(after && { after }),
      });
      let page = NOBODY;
      let problem: string | null = null;
      try {
        page = await c.get('admin').ask<Page<SessionSummary>>(`/admin/v1/sessions?${query}`);
      } catch (error) {
        // What was searched for stays in its field.
        problem = asApiError(error).message;
      }
      const notice = erased === undefined ? null : 'The session is erased. Lists may have it for a minute.';
      const address = serverAddress(c.req.raw);
      return sendPage(c, <Sessions {...{ page, search, address, notice, problem }} keyId={key} />);
    })
    .get('/:id', async (c) => {
      const session = await c.get('admin').ask<Session>(pathOf(c.req.param('id')));
      return sendPage(c, <SessionPage session={session} address={serverAddress(c.req.raw)} />);
    })
    .get('/:id/export', async (c) => {
      const path = `${pathOf(c.req.param('id'))}/export`;
      const response = await c.get('admin').fetch(path);
      const disposition = response.headers.get('content-disposition');
      if (disposition !== null) c.header('content-disposition', disposition);
      c.header('content-type', 'application/json');
      return c.body(await response.text(), response.status as 200);
    })
    .post('/:id/erase', async (c) => {
      await c.get('admin').ask(pathOf(c.req.param('id')), { method: 'DELETE' });
      return c.redirect('/console/sessions?erased', 303);
    });
}

function pathOf(id: string): string {
  return `/admin/v1/sessions/${encodeURIComponent(id)}`;
}
