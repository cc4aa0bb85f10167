import type { Backend } from './answers.ts';
import { ConsolePage, Time } from './console-page.tsx';
import { formatCount } from './format.ts';

export interface BackendsProps {
  backends: Backend[];
  /** Whether it says that it is ready. */
  isReady: (backend: Backend) => boolean;
  address: string;
  notice: string | null;
}

const STANDINGS = {
  ready: 'in use',
  paused: 'left alone for a moment: it is full',
  ejected: 'out, after failures',
} as const;

export function Backends({ backends, isReady, address, notice }: BackendsProps) {
  return (
    <ConsolePage title="Backends" place="/console/backends" address={address} notice={notice}>
      <div class="page-head">
        <h1>Backends</h1>
        <button class="button quiet" type="button" id="live" hidden aria-pressed="true">
          Live
        </button>
      </div>
      <p class="muted small">
        Requests are those of the isolate that has answered you: Cloudflare runs several, and each learns by
        itself.
      </p>
      <ul class="backends" id="backends" data-live>
        {backends.map((backend) => (
          <BackendCard {...backend} isReady={isReady(backend)} />
        ))}
      </ul>
    </ConsolePage>
  );
}

function BackendCard({ isReady, ...backend }: Backend & { isReady: boolean }) {
  const { name, url, standing, last_failure, ejected_until, last_answer_at } = backend;
  return (
    <li class="card stack">
      <div class="page-head">
        <h2>{name}</h2>
        <span class={`state ${isReady ? 'good' : 'bad'}`}>{isReady ? 'Ready' : 'Not ready'}</span>
      </div>
      <dl class="facts">
        <dt>Model</dt>
        <dd>
          <code>{backend.model}</code>
        </dd>
        <dt>Address</dt>
        <dd>
          <code>{url}</code>
        </dd>
        <dt>Standing</dt>
        <dd>
          {STANDINGS[standing]}
          {ejected_until !== null && (
            <>
              , tried again from <Time at={ejected_until} />
            </>
          )}
        </dd>
        <dt>Weight</dt>
        <dd>{backend.weight}</dd>
        <dt>Under way</dt>
        <dd>{formatCount(backend.in_flight)}</dd>
        <dt>In its queue</dt>
        <dd>{backend.waiting === null ? 'not said lately' : formatCount(backend.waiting)}</dd>
        <dt>Answered</dt>
        <dd>
          {formatCount(backend.answered)}
          {last_answer_at !== null && (
            <>
              , last <Time at={last_answer_at} />
            </>
          )}
        </dd>
        <dt>Failed</dt>
        <dd>
          {formatCount(backend.failed)}
          {last_failure !== null && (
            <>
              , last <Time at={last_failure.at} /> ({last_failure.reason})
            </>
          )}
        </dd>
      </dl>
      <form
        method="post"
        action={`/console/backends/${encodeURIComponent(name)}/probe?model=${backend.model}`}
      >
        <button class="button" type="submit">
          Probe now
          <span class="visually-hidden">
            : {name}, {backend.model}
          </span>
        </button>
      </form>
    </li>
  );
}
