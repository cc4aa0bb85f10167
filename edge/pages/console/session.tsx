import type { Session } from './answers.ts';
import { ConsolePage, Time } from './console-page.tsx';
import { KeyLink, Metadata } from './sessions.tsx';

export function SessionPage({ session, address }: { session: Session; address: string }) {
  const { id, key_id, persona, metadata, messages, created_at, expires_at } = session;
  return (
    <ConsolePage title="Session" place="/console/sessions" address={address}>
      <p>
        <a href="/console/sessions">Sessions</a>
      </p>
      <h1 class="id">{id}</h1>
      <div class="detail">
        <section aria-labelledby="conversation">
          <h2 id="conversation">Conversation</h2>
          {messages.length === 0 && <p class="muted">Nothing has been said.</p>}
          <ol class="conversation">
            {messages.map(({ role, content, created_at: at }) => (
              <li class={`message ${role}`}>
                <p class="who">
                  {role === 'user' ? 'Person' : 'Bot'}{' '}
                  <span class="muted">
                    <Time at={at} />
                  </span>
                </p>
                {/* As they wrote it, in whatever direction. */}
                <p class="said" dir="auto">
                  {content}
                </p>
              </li>
            ))}
          </ol>
        </section>
        <aside class="stack" aria-label="About this session">
          <dl class="facts card">
            <dt>Key</dt>
            <dd>{key_id === null ? 'none' : <KeyLink id={key_id} />}</dd>
            <dt>Made</dt>
            <dd>
              <Time at={created_at} />
            </dd>
            <dt>Kept until</dt>
            <dd>
              <Time at={expires_at} />
            </dd>
            <dt>Messages</dt>
            <dd>{messages.length}</dd>
            <dt>Persona</dt>
            <dd>{persona.length === 0 ? 'none' : persona.join(' ')}</dd>
            <dt>Metadata</dt>
            <dd>{Object.keys(metadata).length === 0 ? 'none' : <Metadata metadata={metadata} />}</dd>
          </dl>
          <p>
            <a class="button" href={`/console/sessions/${id}/export`} download>
              Export
            </a>
          </p>
          <details class="card">
            <summary>Erase …</summary>
            <form class="stack" method="post" action={`/console/sessions/${id}/erase`}>
              <p>
                The conversation and all that is held of it are gone at once, for its owner too. It cannot be
                undone.
              </p>
              <button class="button danger" type="submit">
                Erase this session
              </button>
            </form>
          </details>
          <p class="hint">To read, export or erase it leaves a line in the log.</p>
        </aside>
      </div>
    </ConsolePage>
  );
}
