import type { Key, Page } from './answers.ts';
import { ConsolePage, Time } from './console-page.tsx';
import { formatCount, formatWindow } from './format.ts';
import { KeyFields, type KeyFieldValues } from './key-fields.tsx';

export interface KeysProps {
  page: Page<Key>;
  /** What the form for a new key has. */
  form: KeyFieldValues & { kind: string };
  address: string;
  problem?: string | null;
}

export function Keys({ page, form, ...around }: KeysProps) {
  const keys = page.data.toSorted((one, other) => other.created_at - one.created_at);
  return (
    <ConsolePage {...around} title="Keys" place="/console/keys">
      <h1>Keys</h1>
      <div class="detail">
        <section class="stack" aria-label="All keys">
          {keys.length === 0 ? (
            <p class="empty card">There are no keys yet.</p>
          ) : (
            <section class="scroll card" tabindex={0} aria-label="Keys">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Key</th>
                    <th scope="col">Kind</th>
                    <th scope="col">Limits</th>
                    <th scope="col">Made</th>
                  </tr>
                </thead>
                <tbody>
                  {keys.map((key) => (
                    <Row {...key} />
                  ))}
                </tbody>
              </table>
            </section>
          )}
          {page.next !== null && (
            <p>
              <a class="button" href={`/console/keys?after=${encodeURIComponent(page.next)}`} rel="next">
                More keys
              </a>
            </p>
          )}
          <p class="muted small">As they were a minute ago at the worst.</p>
        </section>
        <section class="card stack" aria-labelledby="new-key">
          <h2 id="new-key">New key</h2>
          <form class="stack" method="post" action="/console/keys">
            <fieldset class="choices">
              <legend>Kind</legend>
              <label class="check">
                <input type="radio" name="kind" value="secret" checked={form.kind !== 'publishable'} />
                <span>
                  Secret<span class="hint"> for servers</span>
                </span>
              </label>
              <label class="check">
                <input type="radio" name="kind" value="publishable" checked={form.kind === 'publishable'} />
                <span>
                  Publishable<span class="hint"> for web pages, and for everybody to see</span>
                </span>
              </label>
            </fieldset>
            <KeyFields {...form} isNew />
            <button class="button primary" type="submit">
              Make a key
            </button>
          </form>
        </section>
      </div>
    </ConsolePage>
  );
}

function Row({ id, name, kind, origins, limits, created_at, revoked_at }: Key) {
  return (
    <tr class={revoked_at === null ? '' : 'over'}>
      <th scope="row">
        <a href={`/console/keys/${id}`}>{name || <code>{id}</code>}</a>
        {name && (
          <div class="muted">
            <code>{id}</code>
          </div>
        )}
      </th>
      <td>
        <span class={`badge ${kind === 'secret' ? 'word' : 'token'}`}>{kind}</span>
        {revoked_at !== null && <span class="badge bad">revoked</span>}
        {origins.map((origin) => (
          <div class="muted">{origin}</div>
        ))}
      </td>
      <td>
        <Limits limits={limits} />
      </td>
      <td class="nowrap">
        <Time at={created_at} />
      </td>
    </tr>
  );
}

function Limits({ limits }: Pick<Key, 'limits'>) {
  const quotas = Object.entries(limits).flatMap(([name, quota]) =>
    quota === null ? [] : [{ name, ...quota }],
  );
  if (quotas.length === 0) return <span class="muted">none</span>;
  return (
    <ul class="limits">
      {quotas.map(({ name, limit, window_seconds }) => (
        <li>
          {name} {formatCount(limit)} {formatWindow(window_seconds)}
        </li>
      ))}
    </ul>
  );
}
