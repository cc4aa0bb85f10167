import { Snippet } from '../snippet.tsx';
import type { Key, NewKey, Standing } from './answers.ts';
import { ConsolePage, Time } from './console-page.tsx';
import { KeyFields, type KeyFieldValues } from './key-fields.tsx';
import { QuotaMeter } from './quota-meter.tsx';

export interface KeyPageProps {
  shown: Key;
  standings: Standing[];
  form: KeyFieldValues;
  address: string;
  notice?: string | null;
  problem?: string | null;
}

export function KeyPage({ shown, standings, form, ...around }: KeyPageProps) {
  const { id, name, kind, created_at, revoked_at, old_key_valid_until } = shown;
  return (
    <ConsolePage {...around} title={name || id} place="/console/keys">
      <p>
        <a href="/console/keys">Keys</a>
      </p>
      <h1>{name || id}</h1>
      <div class="detail">
        <section class="card stack" aria-labelledby="policy">
          <h2 id="policy">What it may do</h2>
          {revoked_at === null ? (
            <form class="stack" method="post" action={`/console/keys/${id}`}>
              <KeyFields {...form} />
              <p class="hint">
                Limits change at once; pages and the word filter within about a minute everywhere.
              </p>
              <button class="button primary" type="submit">
                Save
              </button>
            </form>
          ) : (
            <p>Nothing any more: it is revoked, and stays listed for a month.</p>
          )}
        </section>
        <aside class="stack" aria-label="About this key">
          <dl class="facts card">
            <dt>Id</dt>
            <dd>
              <code>{id}</code>
            </dd>
            <dt>Kind</dt>
            <dd>{kind}</dd>
            <dt>Made</dt>
            <dd>
              <Time at={created_at} />
            </dd>
            {revoked_at !== null && (
              <>
                <dt>Revoked</dt>
                <dd>
                  <Time at={revoked_at} />
                </dd>
              </>
            )}
            {old_key_valid_until !== null && (
              <>
                <dt>Old key works until</dt>
                <dd>
                  <Time at={old_key_valid_until} />
                </dd>
              </>
            )}
          </dl>
          <section class="card stack" aria-labelledby="usage">
            <h2 id="usage">Left now</h2>
            {standings.length === 0 && <p class="muted">The key itself has no limits.</p>}
            {standings.map((standing) => (
              <QuotaMeter {...standing} />
            ))}
            <p class="hint">Limits of sessions are each session’s own.</p>
          </section>
          <p>
            <a class="button" href={`/console/sessions?key=${id}`}>
              Its sessions
            </a>
          </p>
          {revoked_at === null && <Endings id={id} />}
        </aside>
      </div>
    </ConsolePage>
  );
}

function Endings({ id }: { id: string }) {
  return (
    <>
      <details class="card">
        <summary>Rotate …</summary>
        <form class="stack" method="post" action={`/console/keys/${id}/rotate`}>
          <p>The key gets a new text. Its id, limits and sessions stay.</p>
          <div class="field">
            <label for="keep-old">The old text works on for</label>
            <select id="keep-old" name="keep-old">
              <option value="0">no longer</option>
              <option value="3600">an hour</option>
              <option value="86400" selected>
                a day
              </option>
              <option value="604800">a week</option>
            </select>
          </div>
          <button class="button" type="submit">
            Rotate this key
          </button>
        </form>
      </details>
      <details class="card">
        <summary>Revoke …</summary>
        <form class="stack" method="post" action={`/console/keys/${id}/revoke`}>
          <p>
            It asks the model for nothing from then on, and opens nothing else after about a minute. It cannot
            be undone.
          </p>
          <button class="button danger" type="submit">
            Revoke this key
          </button>
        </form>
      </details>
    </>
  );
}

/** A key's text, which is shown here and never again. */
export function KeyText({ made, title, address }: { made: NewKey; title: string; address: string }) {
  return (
    <ConsolePage title={title} place="/console/keys" address={address}>
      <h1>{title}</h1>
      <p class="callout" role="status">
        Keep it now: it is not stored, and not shown again.
      </p>
      <Snippet name={made.name || made.id} language="shell" code={made.key} />
      {made.old_key_valid_until !== null && (
        <p>
          The old one works until <Time at={made.old_key_valid_until} />.
        </p>
      )}
      <p>
        <a class="button" href={`/console/keys/${made.id}`}>
          To the key
        </a>
      </p>
    </ConsolePage>
  );
}
