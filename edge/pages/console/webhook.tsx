import type { Delivery, DeliveryDetail, Webhook } from './answers.ts';
import { ConsolePage, Time } from './console-page.tsx';
import { nameOf, WebhookState } from './webhook-list.tsx';

export interface WebhookPageProps {
  owner: string;
  webhook: Webhook;
  deliveries: Delivery[];
  /** Those alone; empty for all. */
  status: string;
  /** Of the page after this one. */
  next: string | null;
  address: string;
  notice: string | null;
  problem: string | null;
}

const STATUSES = [
  { value: '', name: 'All' },
  { value: 'pending', name: 'Pending' },
  { value: 'delivered', name: 'Delivered' },
  { value: 'failed', name: 'Failed' },
];

/** A webhook and what was sent to it, or is to be. */
export function WebhookPage({ owner, webhook, deliveries, status, next, ...around }: WebhookPageProps) {
  const path = `/console/webhooks/${owner}/${webhook.id}`;
  return (
    <ConsolePage {...around} title={nameOf(webhook)} place="/console/webhooks">
      <p>
        <a href={`/console/webhooks/${owner}`}>Webhooks of {owner}</a>
      </p>
      <div class="page-head">
        <h1>{nameOf(webhook)}</h1>
        <WebhookState {...webhook} />
      </div>
      <p class="muted small">{webhook.url ?? 'Callbacks: each message names its own address.'}</p>
      <div class="row">
        {webhook.url !== null && (
          <form method="post" action={`${path}/test`}>
            <button class="button" type="submit">
              Send a test
            </button>
          </form>
        )}
        {webhook.url !== null && (
          <form method="post" action={`${path}/${webhook.enabled ? 'disable' : 'enable'}`}>
            <button class="button" type="submit">
              {webhook.enabled ? 'Switch off' : 'Switch on'}
            </button>
          </form>
        )}
        <form method="post" action={`${path}/replay`}>
          <button class="button" type="submit" disabled={!webhook.enabled}>
            Replay all failed
          </button>
        </form>
      </div>
      <h2>Deliveries</h2>
      <nav aria-label="Which deliveries" class="row">
        {STATUSES.map(({ value, name }) => (
          <a
            class="button quiet"
            href={value === '' ? path : `${path}?status=${value}`}
            aria-current={value === status ? 'page' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      {deliveries.length === 0 ? (
        <p class="empty card">There are none.</p>
      ) : (
        <section class="scroll card" tabindex={0} aria-label="Deliveries">
          <table>
            <thead>
              <tr>
                <th scope="col">Event</th>
                <th scope="col">State</th>
                <th scope="col">Happened</th>
                <th scope="col">Last attempt</th>
                <th scope="col">
                  <span class="visually-hidden">Replay</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {deliveries.map((delivery) => (
                <Row {...delivery} path={path} enabled={webhook.enabled} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {next !== null && (
        <p>
          <a
            class="button"
            href={`${path}?${new URLSearchParams({ ...(status && { status }), after: next })}`}
            rel="next"
          >
            Older deliveries
          </a>
        </p>
      )}
    </ConsolePage>
  );
}

function Row({ path, enabled, ...delivery }: Delivery & { path: string; enabled: boolean }) {
  const { id, type, created_at, last_attempt, callback_url } = delivery;
  return (
    <tr>
      <th scope="row">
        <a href={`${path}/deliveries/${id}`}>{type}</a>
        <div class="muted">{callback_url ?? <code>{id}</code>}</div>
      </th>
      <td>
        <DeliveryState {...delivery} />
      </td>
      <td class="nowrap">
        <Time at={created_at} />
      </td>
      <td>{last_attempt === null ? <span class="muted">none yet</span> : <Attempt {...last_attempt} />}</td>
      <td>
        <ReplayForm action={`${path}/deliveries/${id}/replay`} id={id} enabled={enabled} />
      </td>
    </tr>
  );
}

/** One delivery with its attempts. */
export function DeliveryPage(props: {
  owner: string;
  webhook: Webhook;
  delivery: DeliveryDetail;
  address: string;
  notice: string | null;
}) {
  const { owner, webhook, delivery, ...around } = props;
  const path = `/console/webhooks/${owner}/${webhook.id}`;
  return (
    <ConsolePage {...around} title="Delivery" place="/console/webhooks">
      <p>
        <a href={path}>{nameOf(webhook)}</a>
      </p>
      <h1 class="id">{delivery.id}</h1>
      <dl class="facts card">
        <dt>Event</dt>
        <dd>{delivery.type}</dd>
        <dt>Address</dt>
        <dd>{delivery.callback_url ?? webhook.url}</dd>
        <dt>State</dt>
        <dd>
          <DeliveryState {...delivery} />
        </dd>
        <dt>Happened</dt>
        <dd>
          <Time at={delivery.created_at} />
        </dd>
        {delivery.next_attempt_at !== null && (
          <>
            <dt>Next attempt</dt>
            <dd>
              <Time at={delivery.next_attempt_at} />
            </dd>
          </>
        )}
        <dt>Data</dt>
        <dd>
          <code>{JSON.stringify(delivery.data)}</code>
        </dd>
      </dl>
      <ReplayForm
        action={`${path}/deliveries/${delivery.id}/replay`}
        id={delivery.id}
        enabled={webhook.enabled}
      />
      <h2>Newest attempts</h2>
      {delivery.attempts.length === 0 && <p class="muted">There were none yet.</p>}
      <ol class="attempts">
        {delivery.attempts.toReversed().map((attempt) => (
          <li class="card stack">
            <p>
              <Attempt {...attempt} /> in {attempt.duration_ms} ms
            </p>
            {attempt.response !== '' && (
              <pre class="answer" tabindex={0}>
                {attempt.response}
              </pre>
            )}
          </li>
        ))}
      </ol>
    </ConsolePage>
  );
}

function Attempt({ at, status, error }: NonNullable<Delivery['last_attempt']>) {
  return (
    <>
      <span class={`badge ${status !== null && status < 300 ? 'good' : 'bad'}`}>
        {status ?? error ?? 'no answer'}
      </span>{' '}
      <Time at={at} />
    </>
  );
}

const FAILURES = {
  attempts: 'no attempt got through',
  gone: 'the receiver answered 410',
  disabled: 'the webhook is off',
  refused: 'its address is refused',
  erased: 'the session is erased',
} as const;

function DeliveryState({ status, failure }: Delivery) {
  if (status === 'delivered') return <span class="state good">Delivered</span>;
  if (status === 'pending') return <span class="state warning">Pending</span>;
  return <span class="state bad">Failed{failure !== null && `: ${FAILURES[failure]}`}</span>;
}

function ReplayForm({ action, id, enabled }: { action: string; id: string; enabled: boolean }) {
  return (
    <form method="post" action={action}>
      <button class="button" type="submit" disabled={!enabled}>
        Replay<span class="visually-hidden"> {id}</span>
      </button>
    </form>
  );
}
