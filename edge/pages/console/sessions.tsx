import type { Page, SessionSummary } from './answers.ts';
import { ConsolePage, Time } from './console-page.tsx';
import { formatCount } from './format.ts';

export interface SessionsProps {
  page: Page<SessionSummary>;
  search: string;
  keyId: string;
  address: string;
  notice: string | null;
  problem: string | null;
}

export function Sessions({ page, search, keyId, ...around }: SessionsProps) {
  const isSearch = search !== '' || keyId !== '';
  return (
    <ConsolePage {...around} title="Sessions" place="/console/sessions">
      <h1>Sessions</h1>
      <search>
        <form class="filters" action="/console/sessions">
          <div class="field">
            <label for="search">Search</label>
            <input
              type="search"
              id="search"
              name="search"
              value={search}
              maxlength={200}
              autocomplete="off"
              spellcheck={false}
              placeholder="id, key or metadata"
            />
          </div>
          <div class="field">
            <label for="key">Made with the key</label>
            <input
              type="text"
              id="key"
              name="key"
              value={keyId}
              autocomplete="off"
              spellcheck={false}
              placeholder="key_…"
            />
          </div>
          <button class="button primary" type="submit">
            Search
          </button>
          {isSearch && (
            <a class="button quiet" href="/console/sessions">
              Show all
            </a>
          )}
        </form>
      </search>
      <p class="muted small">
        The newest message first, as it was a minute and a half ago at the worst. A whole id is found at once.
      </p>
      {page.data.length === 0 ? (
        <p class="empty card">
          {isSearch ? 'No session matches.' : 'There are no sessions yet.'}
          {page.next !== null && ' There are more to look through.'}
        </p>
      ) : (
        <section class="scroll card" tabindex={0} aria-label="Sessions">
          <table>
            <thead>
              <tr>
                <th scope="col">Session</th>
                <th scope="col">Key</th>
                <th scope="col">Last message</th>
                <th scope="col" class="number">
                  Messages
                </th>
                <th scope="col">Metadata</th>
              </tr>
            </thead>
            <tbody>
              {page.data.map((session) => (
                <Row {...session} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {page.next !== null && (
        <p>
          <a class="button" href={nextPage({ search, keyId, after: page.next })} rel="next">
            Older sessions
          </a>
        </p>
      )}
    </ConsolePage>
  );
}

function Row({ id, key_id, updated_at, message_count, metadata, metadata_complete }: SessionSummary) {
  return (
    <tr>
      <th scope="row">
        <a href={`/console/sessions/${id}`}>
          <code>{id}</code>
        </a>
      </th>
      <td>{key_id === null ? <span class="muted">none</span> : <KeyLink id={key_id} />}</td>
      <td class="nowrap">
        <Time at={updated_at} />
      </td>
      <td class="number">{formatCount(message_count)}</td>
      <td>
        <Metadata metadata={metadata} />
        {!metadata_complete && <span class="muted"> …</span>}
      </td>
    </tr>
  );
}

export function KeyLink({ id }: { id: string }) {
  return (
    <a href={`/console/keys/${id}`}>
      <code>{id}</code>
    </a>
  );
}

export function Metadata({ metadata }: { metadata: Record<string, string> }) {
  return (
    <>
      {Object.entries(metadata).map(([name, value]) => (
        <span class="badge entry">
          {name}: {value}
        </span>
      ))}
    </>
  );
}

function nextPage({ search, keyId, after }: { search: string; keyId: string; after: string }): string {
  const query = new URLSearchParams({ ...(search && { search }), ...(keyId && { key: keyId }), after });
  return `/console/sessions?${query}`;
}
