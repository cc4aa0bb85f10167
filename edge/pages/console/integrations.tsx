import type { Integration, Page } from './answers.ts';
import { ConsolePage, Time } from './console-page.tsx';

/** All that people talk to elsewhere. */
export function Integrations({ page, address }: { page: Page<Integration>; address: string }) {
  const integrations = page.data.toSorted((one, other) => other.created_at - one.created_at);
  return (
    <ConsolePage title="Integrations" place="/console/integrations" address={address}>
      <h1>Integrations</h1>
      <p class="muted small">Bots and apps of Slack, Discord, WhatsApp and others that answer from here.</p>
      {integrations.length === 0 ? (
        <p class="empty card">
          There are none yet: <code>tandem integrations add</code> makes one.
        </p>
      ) : (
        <section class="scroll card" tabindex={0} aria-label="Integrations">
          <table>
            <thead>
              <tr>
                <th scope="col">Integration</th>
                <th scope="col">Channel</th>
                <th scope="col">State</th>
                <th scope="col">Made</th>
              </tr>
            </thead>
            <tbody>
              {integrations.map((integration) => (
                <Row {...integration} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {page.next !== null && (
        <p>
          <a class="button" href={`/console/integrations?after=${encodeURIComponent(page.next)}`} rel="next">
            More integrations
          </a>
        </p>
      )}
      <p class="muted small">As they were a minute ago at the worst.</p>
    </ConsolePage>
  );
}

function Row(integration: Integration) {
  const { id, name, channel, created_at, revoked_at } = integration;
  return (
    <tr class={revoked_at === null ? '' : 'over'}>
      <th scope="row">
        <a href={`/console/integrations/${id}`}>{name || <code>{id}</code>}</a>
        {name && (
          <div class="muted">
            <code>{id}</code>
          </div>
        )}
      </th>
      <td>{channel}</td>
      <td>
        <IntegrationState {...integration} />
      </td>
      <td class="nowrap">
        <Time at={created_at} />
      </td>
    </tr>
  );
}

export function IntegrationState({ enabled, revoked_at }: Integration) {
  if (revoked_at !== null) return <span class="state">Removed</span>;
  return enabled ? <span class="state good">On</span> : <span class="state bad">Off</span>;
}
