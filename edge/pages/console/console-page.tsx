import type { Child } from 'hono/jsx';
import { Layout } from '../layout.tsx';
import { formatTime } from './format.ts';

/** The console's own places, in their order. */
const PLACES = [
  { path: '/console', name: 'Overview' },
  { path: '/console/sessions', name: 'Sessions' },
  { path: '/console/keys', name: 'Keys' },
  { path: '/console/backends', name: 'Backends' },
  { path: '/console/models', name: 'Models' },
  { path: '/console/webhooks', name: 'Webhooks' },
  { path: '/console/integrations', name: 'Integrations' },
] as const;

interface ConsolePageProps {
  title: string;
  /** The place that the navigation marks. */
  place: (typeof PLACES)[number]['path'];
  address: string;
  /** What has just been done. */
  notice?: string | null;
  problem?: string | null;
  children: Child;
}

/** What all pages of the console have around them, for who has logged in. */
export function ConsolePage({ title, place, address, notice, problem, children }: ConsolePageProps) {
  return (
    <Layout {...consoleLayout} title={title} path="/console" address={address} scripts={['console.js']}>
      <div class="console-bar">
        <nav aria-label="Console">
          <ul>
            {PLACES.map(({ path, name }) => (
              <li>
                <a href={path} aria-current={path === place ? 'page' : undefined}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <form method="post" action="/console/logout">
          <button class="button quiet" type="submit">
            Log out
          </button>
        </form>
      </div>
      {notice && (
        <p class="callout" role="status">
          {notice}
        </p>
      )}
      {problem && (
        <p class="callout problem" role="alert">
          {problem}
        </p>
      )}
      {children}
    </Layout>
  );
}

export const consoleLayout = {
  description: 'The console of this Tandem server, for its owner.',
  styles: ['console.css'],
  unlisted: true,
  wide: true,
};

/** A moment; a script shows it in the reader's own time. */
export function Time({ at }: { at: number }) {
  return <time datetime={new Date(at * 1_000).toISOString()}>{formatTime(at)}</time>;
}
