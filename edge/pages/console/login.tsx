import { Layout } from '../layout.tsx';
import { consoleLayout } from './console-page.tsx';

interface LoginProps {
  address: string;
  /** Where to go afterwards: a path of the console. */
  next: string;
  problem: string | null;
  developmentMode: boolean;
}

export function Login({ address, next, problem, developmentMode }: LoginProps) {
  return (
    <Layout {...consoleLayout} wide={false} title="Console" path="/console" address={address}>
      <form class="login card stack" method="post" action="/console/login">
        <h1>Console</h1>
        <p class="muted">
          Sessions, keys, integrations, backends and live figures, for the owner of this server.
        </p>
        <div class="field">
          <label for="token">Admin token</label>
          <input
            type="password"
            id="token"
            name="token"
            autocomplete="current-password"
            spellcheck={false}
            required
            autofocus
            aria-invalid={problem === null ? undefined : 'true'}
            aria-describedby={problem === null ? 'token-hint' : 'token-problem token-hint'}
          />
          {problem !== null && (
            <p class="problem-text" id="token-problem" role="alert">
              {problem}
            </p>
          )}
          <p class="hint" id="token-hint">
            {developmentMode ? (
              <>
                <code>npm run -s tandem -- console</code> shows the one of this machine.
              </>
            ) : (
              <>
                The secret that <code>wrangler secret put ADMIN_TOKEN</code> set.
              </>
            )}
          </p>
        </div>
        <input type="hidden" name="next" value={next} />
        <button class="button primary" type="submit">
          Log in
        </button>
      </form>
    </Layout>
  );
}
