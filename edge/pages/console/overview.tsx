import type { PublicFigures } from '../../figures/public-figures.ts';
import { BarChart, LineChart } from './charts.tsx';
import { ConsolePage, Time } from './console-page.tsx';
import { formatCount, formatMs } from './format.ts';

const ENDS: [string, string] = ['an hour ago', 'now'];

/** What was asked within the last hour. A script brings whatever is `data-live` up to date. */
export function Overview({ figures, address }: { figures: PublicFigures; address: string }) {
  return (
    <ConsolePage title="Overview" place="/console" address={address}>
      <div class="page-head">
        <h1>Overview</h1>
        <button class="button quiet" type="button" id="live" hidden aria-pressed="true">
          Live
        </button>
      </div>
      <p class="muted small">
        The last hour of all requests to the API, a few seconds behind. The console’s own are not counted.
      </p>
      <Totals {...figures} />
      <Charts {...figures} />
      <section class="card stack">
        <h2>Routes</h2>
        <section class="scroll" tabindex={0} aria-label="Routes">
          <table>
            <thead>
              <tr>
                <th scope="col">Route</th>
                <th scope="col" class="number">
                  Requests
                </th>
                <th scope="col">Statuses</th>
                <th scope="col" class="number">
                  Median
                </th>
                <th scope="col" class="number">
                  95 %
                </th>
                <th scope="col" class="number">
                  99 %
                </th>
              </tr>
            </thead>
            <RouteRows {...figures} />
          </table>
        </section>
      </section>
      <details class="card">
        <summary>Minute by minute</summary>
        <section class="scroll" tabindex={0} aria-label="Minute by minute">
          <table>
            <thead>
              <tr>
                <th scope="col">Minute</th>
                <th scope="col" class="number">
                  Requests
                </th>
                <th scope="col" class="number">
                  Refused
                </th>
                <th scope="col" class="number">
                  Failed
                </th>
                <th scope="col" class="number">
                  Tokens
                </th>
                <th scope="col" class="number">
                  Model, median
                </th>
                <th scope="col" class="number">
                  Model, 95 %
                </th>
              </tr>
            </thead>
            <MinuteRows {...figures} />
          </table>
        </section>
      </details>
    </ConsolePage>
  );
}

function Totals({ total }: PublicFigures) {
  const shown: [name: string, value: string, note: string][] = [
    ['Requests', formatCount(total.requests), 'in the last hour'],
    ['Tokens', formatCount(total.tokens), 'read and written'],
    ['Model', formatMs(total.model_ms.p50), `median; 95 % in ${formatMs(total.model_ms.p95)}`],
    ['Refused', formatCount(total.client_errors), 'answers of 4xx'],
    ['Failed', formatCount(total.server_errors), 'answers of 5xx'],
  ];
  return (
    <dl class="totals" id="totals" data-live>
      {shown.map(([name, value, note]) => (
        <div class="card">
          <dt>{name}</dt>
          <dd class="total">{value}</dd>
          <dd class="hint">{note}</dd>
        </div>
      ))}
    </dl>
  );
}

function Charts({ minutes, total }: PublicFigures) {
  const most = (values: number[]) => formatCount(Math.max(...values));
  const answered = minutes.map(
    ({ requests, client_errors, server_errors }) => requests - client_errors - server_errors,
  );
  return (
    <div class="charts" id="charts" data-live>
      <BarChart
        title="Requests a minute"
        summary={`${formatCount(total.requests)} requests within the last hour, at most ${most(minutes.map(({ requests }) => requests))} in a minute; ${formatCount(total.client_errors)} were refused and ${formatCount(total.server_errors)} failed.`}
        series={[
          { name: 'answered', tone: 'token', values: answered },
          { name: 'refused', tone: 'warning', values: minutes.map((minute) => minute.client_errors) },
          { name: 'failed', tone: 'bad', values: minutes.map((minute) => minute.server_errors) },
        ]}
        format={formatCount}
        ends={ENDS}
      />
      <LineChart
        title="Time of the model"
        summary={`Half of the replies took ${formatMs(total.model_ms.p50)} or less, 95 % ${formatMs(total.model_ms.p95)} or less.`}
        series={[
          { name: 'median', tone: 'token', values: minutes.map(({ model_ms }) => model_ms.p50) },
          { name: '95 %', tone: 'word', values: minutes.map(({ model_ms }) => model_ms.p95) },
        ]}
        format={formatMs}
        ends={ENDS}
      />
      <BarChart
        title="Tokens a minute"
        summary={`${formatCount(total.tokens)} tokens within the last hour, at most ${most(minutes.map(({ tokens }) => tokens))} in a minute.`}
        series={[{ name: 'tokens', tone: 'token', values: minutes.map(({ tokens }) => tokens) }]}
        format={formatCount}
        ends={ENDS}
      />
    </div>
  );
}

function RouteRows({ routes }: PublicFigures) {
  return (
    <tbody id="routes" data-live>
      {routes.length === 0 && (
        <tr>
          <td colspan={6} class="muted">
            Nothing was asked within the last hour.
          </td>
        </tr>
      )}
      {routes.map(({ method, route, requests, statuses, request_ms }) => (
        <tr>
          <th scope="row">
            <code>
              {method} {route}
            </code>
          </th>
          <td class="number">{formatCount(requests)}</td>
          <td>
            {Object.entries(statuses).map(([status, count]) => (
              <span class={`badge ${toneOf(Number(status))}`}>
                {status} × {formatCount(count)}
              </span>
            ))}
          </td>
          <td class="number">{formatMs(request_ms.p50)}</td>
          <td class="number">{formatMs(request_ms.p95)}</td>
          <td class="number">{formatMs(request_ms.p99)}</td>
        </tr>
      ))}
    </tbody>
  );
}

function MinuteRows({ minutes }: PublicFigures) {
  return (
    <tbody id="minutes" data-live>
      {minutes.toReversed().map((minute) => (
        <tr>
          <th scope="row">
            <Time at={minute.at} />
          </th>
          <td class="number">{formatCount(minute.requests)}</td>
          <td class="number">{formatCount(minute.client_errors)}</td>
          <td class="number">{formatCount(minute.server_errors)}</td>
          <td class="number">{formatCount(minute.tokens)}</td>
          <td class="number">{formatMs(minute.model_ms.p50)}</td>
          <td class="number">{formatMs(minute.model_ms.p95)}</td>
        </tr>
      ))}
    </tbody>
  );
}

function toneOf(status: number): string {
  if (status >= 500) return 'bad';
  return status >= 400 ? 'warning' : 'good';
}
