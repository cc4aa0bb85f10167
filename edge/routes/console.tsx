import { type Context, Hono } from 'hono';
import { csrf } from 'hono/csrf';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type AppDependencies, nowSeconds } from '../dependencies.ts';
import { ApiError, asApiError } from '../errors.ts';
import type { ModelComparison } from '../figures/model-comparison.ts';
import type { PublicFigures } from '../figures/public-figures.ts';
import { checkAdminToken } from '../middleware/require-admin.ts';
import {
  type AdminClient,
  adminClient,
  type AskEdge,
  type ConsoleEnv,
} from '../pages/console/admin-client.ts';
import type { Backend, Health } from '../pages/console/answers.ts';
import { Backends } from '../pages/console/backends.tsx';
import { Login } from '../pages/console/login.tsx';
import { isLoggedIn, isSafeWay, logIn, logOut } from '../pages/console/login-cookie.ts';
import { Models } from '../pages/console/models.tsx';
import { Overview } from '../pages/console/overview.tsx';
import { Problem } from '../pages/console/problem.tsx';
import { formLimit, readForm } from '../pages/console/read-form.ts';
import { formPolicy } from '../pages/policy.ts';
import { sendPage } from '../pages/send-page.ts';
import { serverAddress } from '../pages/server-address.ts';
import { consoleIntegrationRoutes } from './console-integrations.tsx';
import { consoleKeyRoutes } from './console-keys.tsx';
import { consoleSessionRoutes } from './console-sessions.tsx';
import { consoleWebhookRoutes } from './console-webhooks.tsx';

/** The console: pages for who has the admin token. They ask the admin API, through `askEdge`, as a program would. */
export function consoleRoutes(dependencies: AppDependencies, askEdge: AskEdge) {
  const { settings, rateLimiter } = dependencies;
  const { adminToken, developmentMode } = settings;
  const routes = new Hono<ConsoleEnv>().onError(showProblem);
  routes.use(formPolicy, async (c, next) => {
    await next();
    c.header('cache-control', 'no-store');
  });
  if (adminToken === null) {
    return routes.get('/', () => {
      const message = 'There is no console here: the owner sets ADMIN_TOKEN (see wrangler.toml).';
      throw new ApiError('not_found', { message });
    });
  }

  const login = () => ({ adminToken, now: nowSeconds(dependencies) });
  const showLogin = (c: Context, { next, problem }: { next: string; problem: string | null }) => {
    const page = { address: serverAddress(c.req.raw), next: consolePath(next), problem, developmentMode };
    return sendPage(c, <Login {...page} />);
  };
  const fromItself = csrf();

  routes.use(async (c, next) => {
    // The token would be readable on the way.
    if (!isSafeWay(c.req.url)) return c.redirect(c.req.url.replace(/^http:/, 'https:'), 308);
    let isFromItself = false;
    await fromItself(c, async () => {
      isFromItself = true;
    }).catch(() => {});
    if (!isFromItself) throw new ApiError('cross_site_request');
    return next();
  });
  routes.use(formLimit());
  routes.get('/login', async (c) => {
    const next = c.req.query('next') ?? '';
    if (await isLoggedIn(c, login())) return c.redirect(consolePath(next), 303);
    return showLogin(c, { next, problem: null });
  });
  routes.post('/login', async (c) => {
    const form = await readForm(c);
    const next = String(form['next'] ?? '');
    const sent = String(form['token'] ?? '').trim();
    try {
      await checkAdminToken(c, { sent, tokens: [adminToken], rateLimiter });
    } catch (error) {
      const { code, status, retryAfterSeconds } = asApiError(error);
      if (retryAfterSeconds !== null) c.header('retry-after', String(retryAfterSeconds));
      c.status(status as ContentfulStatusCode);
      const isWrong = code === 'invalid_admin_token';
      const problem = isWrong ? 'This is not the admin token.' : 'Too many attempts. Wait a minute.';
      return showLogin(c, { next, problem });
    }
    await logIn(c, login());
    return c.redirect(consolePath(next), 303);
  });
  routes.post('/logout', (c) => {
    logOut(c);
    return c.redirect('/console/login', 303);
  });
  routes.use(async (c, next) => {
    if (!(await isLoggedIn(c, login()))) {
      const { pathname, search } = new URL(c.req.url);
      const wanted = c.req.method === 'GET' ? `?next=${encodeURIComponent(pathname + search)}` : '';
      return c.redirect(`/console/login${wanted}`, 303);
    }
    c.set('admin', adminClient(c, adminToken, askEdge));
    return next();
  });

  routes.get('/', async (c) => {
    const figures = await c.get('admin').ask<PublicFigures>('/admin/v1/figures');
    return sendPage(c, <Overview figures={figures} address={serverAddress(c.req.raw)} />);
  });
  routes.get('/backends', async (c) => {
    const [{ model, data }, health] = await Promise.all([
      c.get('admin').ask<{ model: string; data: Backend[] }>('/admin/v1/backends'),
      readHealth(c.get('admin')),
    ]);
    const pools = [{ model, backends: health.backends }, ...(health.candidate ? [health.candidate] : [])];
    const isReady = (backend: Backend) =>
      pools
        .find((pool) => pool.model === backend.model)
        ?.backends.some(({ name, ready }) => ready && name === backend.name) ?? false;
    const page = { backends: data, isReady, address: serverAddress(c.req.raw) };
    return sendPage(c, <Backends {...page} notice={probeNotice(c.req.query())} />);
  });
  routes.get('/models', async (c) => {
    const admin = c.get('admin');
    const [comparison, health] = await Promise.all([
      admin.ask<ModelComparison>(`/admin/v1/models${new URL(c.req.url).search}`),
      readHealth(admin),
    ]);
    const page = { comparison, candidate: health.candidate ?? null, address: serverAddress(c.req.raw) };
    return sendPage(c, <Models {...page} />);
  });
  routes.post('/backends/:name/probe', async (c) => {
    const name = encodeURIComponent(c.req.param('name'));
    const probed = await c
      .get('admin')
      .ask<{ name: string; ready: boolean; ms: number }>(
        `/admin/v1/backends/${name}/probe${new URL(c.req.url).search}`,
        { method: 'POST' },
      );
    const query = new URLSearchParams({
      probed: probed.name,
      ready: String(probed.ready),
      ms: String(probed.ms),
    });
    return c.redirect(`/console/backends?${query}`, 303);
  });
  return routes
    .route('/sessions', consoleSessionRoutes())
    .route('/keys', consoleKeyRoutes())
    .route('/webhooks', consoleWebhookRoutes({ developmentMode }))
    .route('/integrations', consoleIntegrationRoutes());
}

/** 503 is an answer here too. */
async function readHealth(admin: AdminClient): Promise<Health> {
  return (await admin.fetch('/healthz')).json();
}

function probeNotice({ probed, ready, ms }: Record<string, string>): string | null {
  if (probed === undefined) return null;
  return ready === 'true' ? `${probed} is ready; it said so in ${ms} ms.` : `${probed} is not ready.`;
}

/** A path within the console, whatever an address says: nobody is sent elsewhere by a login. */
function consolePath(path: string): string {
  return /^\/console(\/[\w/-]*)?(\?[^#\\\s]*)?$/.test(path) ? path : '/console';
}

function showProblem(error: Error, c: Context) {
  const { message, status } = asApiError(error);
  // For the line of the log.
  c.error = asApiError(error);
  const title = status === 404 ? 'Not here' : status >= 500 ? 'Something went wrong' : 'That did not work';
  const page = { address: serverAddress(c.req.raw), title, message };
  c.status(status as ContentfulStatusCode);
  return sendPage(c, <Problem {...page} />);
}
