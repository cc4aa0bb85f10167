import type { Child } from 'hono/jsx';
import { Mark } from './mark.tsx';
import { staticFile } from './static-file.ts';

/** The places of the navigation, in its order. */
const PLACES = [
  { path: '/', name: 'Chat' },
  { path: '/playground', name: 'Playground' },
  { path: '/docs', name: 'API' },
] as const;

export interface LayoutProps {
  /** Of the page itself; "Tandem" is added. Left out on the first page. */
  title?: string;
  /** A sentence for search engines and link previews. */
  description: string;
  /** The page's path, which the navigation marks. */
  path: string;
  /** This server's own address, as `serverAddress` gives it. */
  address: string;
  /** The page's own style sheets and module scripts, after those that all pages have: files of `client/`, "home.css". */
  styles?: string[];
  scripts?: string[];
  /** Uses all of a wide screen. */
  wide?: boolean;
  /** Kept out of search engines. */
  unlisted?: boolean;
  children: Child;
}

/** What all pages have around them. Nothing in it is inline: their policy forbids it. */
export function Layout(props: LayoutProps) {
  const { description, path, address, styles = [], scripts = [], wide, unlisted, children } = props;
  const title = props.title === undefined ? 'Tandem: a chatbot of your own' : `${props.title} · Tandem`;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          name="viewport"
          content="width=device-width, initial-scale=1, interactive-widget=resizes-content"
        />
        <title>{title}</title>
        <meta name="description" content={description} />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#151411" media="(prefers-color-scheme: dark)" />
        {unlisted && <meta name="robots" content="noindex" />}
        <meta property="og:type" content="website" />
        <meta property="og:site_name" content="Tandem" />
        <meta property="og:title" content={title} />
        <meta property="og:description" content={description} />
        <meta property="og:url" content={address + path} />
        <link rel="canonical" href={address + path} />
        <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
        {['design.css', ...styles].map((name) => (
          <link rel="stylesheet" href={staticFile(name).path} />
        ))}
        {/* Not a module: it sets the chosen theme before anything is painted. */}
        <script src={staticFile('theme.js').path} />
        {['snippets.js', ...scripts].map((name) => (
          <script type="module" src={staticFile(name).path} />
        ))}
      </head>
      <body class={wide ? 'wide' : ''}>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <Header path={path} />
        <main id="main" tabindex={-1}>
          {children}
        </main>
        <Footer />
      </body>
    </html>
  );
}

function Header({ path }: { path: string }) {
  return (
    <header class="site-header">
      <div>
        <a class="brand" href="/">
          <Mark />
          Tandem
        </a>
        <nav aria-label="Pages">
          <ul>
            {PLACES.map((place) => (
              <li>
                <a href={place.path} aria-current={place.path === path ? 'page' : undefined}>
                  {place.name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {/* Shown by the script that it needs. */}
        <button type="button" class="theme-switch" hidden>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2" />
            <path d="M12 3a9 9 0 0 1 0 18z" fill="currentColor" />
          </svg>
        </button>
      </div>
    </header>
  );
}

function Footer() {
  return (
    <footer class="site-footer">
      <div>
        <p>Tandem serves BlenderBot: words at the edge, token ids at the model.</p>
        <ul>
          <li>
            <a href="/openapi.json">openapi.json</a>
          </li>
          <li>
            <a href="/healthz">Health</a>
          </li>
          <li>
            <a href="/console">Console</a>
          </li>
        </ul>
      </div>
    </footer>
  );
}
