import { Layout } from '../layout.tsx';
import { consoleLayout } from './console-page.tsx';

/** What went wrong, where there is no page to say it on. */
export function Problem({ address, title, message }: { address: string; title: string; message: string }) {
  return (
    <Layout {...consoleLayout} wide={false} title={title} path="/console" address={address}>
      <div class="stack">
        <h1>{title}</h1>
        <p class="lead">{message}</p>
        <p>
          <a class="button" href="/console">
            To the console
          </a>
        </p>
      </div>
    </Layout>
  );
}
