import type { Key, Page, Webhook } from './answers.ts';
import { ConsolePage, Time } from './console-page.tsx';

/** A key whose webhooks can be looked at, or development mode's, which has none. */
interface Owner {
  id: string;
  name: string;
}

export function ownersOf({ data }: Page<Key>, { developmentMode }: { developmentMode: boolean }): Owner[] {
  const keys = data.filter(({ kind, revoked_at }) => kind === 'secret' && revoked_at === null);
  const development = developmentMode ? [{ id: 'development', name: 'Development mode' }] : [];
  return [...development, ...keys.map(({ id, name }) => ({ id, name: name || id }))];
}

/** Whose webhooks there may be. */
export function WebhookOwners({
  owners,
  next,
  address,
}: {
  owners: Owner[];
  next: string | null;
  address: string;
}) {
  return (
    <ConsolePage title="Webhooks" place="/console/webhooks" address={address}>
      <h1>Webhooks</h1>
      <p class="muted small">Each belongs to a secret key. Choose whose you want to see.</p>
      {owners.length === 0 && <p class="empty card">There are no secret keys yet.</p>}
      <ul class="choices-list">
        {owners.map(({ id, name }) => (
          <li>
            <a class="card" href={`/console/webhooks/${id}`}>
              <strong>{name}</strong>
              <code>{id}</code>
            </a>
          </li>
        ))}
      </ul>
      {next !== null && (
        <p>
          <a class="button" href={`/console/webhooks?after=${encodeURIComponent(next)}`} rel="next">
            More keys
          </a>
        </p>
      )}
    </ConsolePage>
  );
}

/** The webhooks of one of them. */
export function Webhooks({
  owner,
  webhooks,
  address,
}: {
  owner: string;
  webhooks: Webhook[];
  address: string;
}) {
  return (
    <ConsolePage title="Webhooks" place="/console/webhooks" address={address}>
      <p>
        <a href="/console/webhooks">Webhooks</a>
      </p>
      <h1 class="id">{owner}</h1>
      {webhooks.length === 0 ? (
        <p class="empty card">This key has no webhooks: POST /v1/webhooks makes one.</p>
      ) : (
        <section class="scroll card" tabindex={0} aria-label="Webhooks">
          <table>
            <thead>
              <tr>
                <th scope="col">Webhook</th>
                <th scope="col">State</th>
                <th scope="col">Told of</th>
                <th scope="col">Made</th>
              </tr>
            </thead>
            <tbody>
              {webhooks.map((webhook) => (
                <tr>
                  <th scope="row">
                    <a href={`/console/webhooks/${owner}/${webhook.id}`}>{nameOf(webhook)}</a>
                    <div class="muted">{webhook.url ?? 'Each message names its own address.'}</div>
                  </th>
                  <td>
                    <WebhookState {...webhook} />
                  </td>
                  <td>
                    {webhook.events.map((type) => (
                      <span class="badge">{type}</span>
                    ))}
                  </td>
                  <td class="nowrap">
                    <Time at={webhook.created_at} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </ConsolePage>
  );
}

export function nameOf({ id, description }: Webhook): string {
  return description || id;
}

const DISABLED = {
  owner: 'Off',
  gone: 'Off: the receiver answered 410',
  failing: 'Off: nothing got through',
} as const;

export function WebhookState({ enabled, disabled_reason }: Webhook) {
  if (enabled) return <span class="state good">On</span>;
  return <span class="state bad">{DISABLED[disabled_reason ?? 'owner']}</span>;
}
