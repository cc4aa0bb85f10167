import { Snippet } from '../snippet.tsx';
import type { Integration, IntegrationUsage } from './answers.ts';
import { ConsolePage, Time } from './console-page.tsx';
import { IntegrationState } from './integrations.tsx';
import { QuotaMeter } from './quota-meter.tsx';

export interface IntegrationPageProps {
  shown: Integration;
  usage: IntegrationUsage;
  address: string;
  notice?: string | null;
  problem?: string | null;
}

/** An integration: how it does, what it was set up with, and what can be done with it. */
export function IntegrationPage({ shown, usage, ...around }: IntegrationPageProps) {
  const { id, name, enabled, revoked_at, webhook_url, steps } = shown;
  const path = `/console/integrations/${id}`;
  return (
    <ConsolePage {...around} title={name || id} place="/console/integrations">
      <p>
        <a href="/console/integrations">Integrations</a>
      </p>
      <div class="page-head">
        <h1>{name || id}</h1>
        <IntegrationState {...shown} />
      </div>
      {revoked_at === null && (
        <div class="row">
          <form method="post" action={`${path}/check`}>
            <button class="button" type="submit">
              Test the connection
            </button>
          </form>
          <form method="post" action={`${path}/${enabled ? 'disable' : 'enable'}`}>
            <button class="button" type="submit">
              {enabled ? 'Switch off' : 'Switch on'}
            </button>
          </form>
        </div>
      )}
      <div class="detail">
        <div class="stack">
          <LastError error={usage.last_error} />
          {revoked_at === null && (
            <section class="card stack" aria-labelledby="set-up">
              <h2 id="set-up">At the channel</h2>
              <Snippet name="Its address" language="shell" code={webhook_url} />
              <ol class="steps">
                {steps.map((step) => (
                  <li>{step}</li>
                ))}
              </ol>
            </section>
          )}
        </div>
        <aside class="stack" aria-label="About this integration">
          <Facts {...shown} />
          <section class="card stack" aria-labelledby="usage">
            <h2 id="usage">Left now</h2>
            {usage.quotas.length === 0 && <p class="muted">It has no limits of its own.</p>}
            {usage.quotas.map((standing) => (
              <QuotaMeter {...standing} />
            ))}
            <p class="hint">Limits of conversations are each conversation’s own.</p>
          </section>
          {revoked_at === null && <Removal action={`${path}/revoke`} />}
        </aside>
      </div>
    </ConsolePage>
  );
}

function LastError({ error }: { error: IntegrationUsage['last_error'] }) {
  return (
    <section class="card stack" aria-labelledby="last-error">
      <h2 id="last-error">Last error</h2>
      {error === null ? (
        <p class="muted">Every message so far was answered.</p>
      ) : (
        <>
          <p>
            A message of <Time at={error.at} /> was not answered:
          </p>
          <pre class="answer" tabindex={0}>
            {error.reason}
          </pre>
        </>
      )}
    </section>
  );
}

function Facts({ id, channel, created_at, revoked_at, settings, secrets, persona, places }: Integration) {
  return (
    <dl class="facts card">
      <dt>Id</dt>
      <dd>
        <code>{id}</code>
      </dd>
      <dt>Channel</dt>
      <dd>{channel}</dd>
      <dt>Made</dt>
      <dd>
        <Time at={created_at} />
      </dd>
      {revoked_at !== null && (
        <>
          <dt>Removed</dt>
          <dd>
            <Time at={revoked_at} />
          </dd>
        </>
      )}
      {Object.entries(settings).map(([setting, value]) => (
        <>
          <dt>{setting}</dt>
          <dd>
            <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
          </dd>
        </>
      ))}
      {Object.entries(secrets).map(([secret, { set_at, old_valid_until }]) => (
        <>
          <dt>{secret}</dt>
          <dd>
            set <Time at={set_at} />
            {old_valid_until !== null && (
              <>
                , the old one valid until <Time at={old_valid_until} />
              </>
            )}
          </dd>
        </>
      ))}
      <dt>Persona</dt>
      <dd>{persona.length === 0 ? 'none' : persona.map((fact) => <div>{fact}</div>)}</dd>
      <dt>Answers in</dt>
      <dd>{places === null ? 'all places' : places.join(', ')}</dd>
    </dl>
  );
}

function Removal({ action }: { action: string }) {
  return (
    <details class="card">
      <summary>Remove …</summary>
      <form class="stack" method="post" action={action}>
        <p>
          It answers nobody from then on, and its secrets are erased; within two days its conversations are,
          too. It stays listed for a month. It cannot be undone.
        </p>
        <button class="button danger" type="submit">
          Remove this integration
        </button>
      </form>
    </details>
  );
}
