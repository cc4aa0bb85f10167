import type { ModelComparison } from '../../figures/model-comparison.ts';
import type { Candidate } from './answers.ts';
import { ConsolePage } from './console-page.tsx';
import { formatCount, formatMs, formatPart } from './format.ts';

interface ModelsProps {
  comparison: ModelComparison;
  /** Null where there is no second model. */
  candidate: Candidate | null;
  address: string;
}

const ROLES = { served: 'served', candidate: 'candidate', former: 'was served' } as const;
const DAYS = [1, 7, 30];

/** Two models side by side: what each did, and how it was rated. */
export function Models({ comparison, candidate, address }: ModelsProps) {
  return (
    <ConsolePage title="Models" place="/console/models" address={address}>
      <div class="page-head">
        <h1>Models</h1>
        <nav aria-label="Days" class="row">
          {DAYS.map((days) => (
            <a
              class="button quiet"
              href={`/console/models?days=${days}`}
              aria-current={days === comparison.days ? 'page' : undefined}
            >
              {days === 1 ? 'Today' : `${days} days`}
            </a>
          ))}
        </nav>
      </div>
      <CandidateState candidate={candidate} />
      <section class="card stack">
        <h2>{comparison.days === 1 ? 'Today' : `The last ${comparison.days} days`}, by UTC</h2>
        <section class="scroll" tabindex={0} aria-label="Models">
          <table>
            <thead>
              <tr>
                <th scope="col">Model</th>
                {COLUMNS.map((name) => (
                  <th scope="col" class="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {comparison.data.map((figures) => (
                <ModelRow {...figures} />
              ))}
            </tbody>
          </table>
        </section>
        <p>{verdictSentence(comparison.verdict)}</p>
        <p class="hint">
          Replies that the served model gave in a candidate’s place count as fallbacks of the candidate and
          for nothing else. The part of good ratings is shown with the interval in which it lies with 95 %
          confidence.
        </p>
      </section>
    </ConsolePage>
  );
}

const COLUMNS = ['Replies', 'Median', '95 %', 'Flagged', 'Fallbacks', 'Up', 'Down', 'Good ratings'];

function ModelRow({ model, role, ...figures }: ModelComparison['data'][number]) {
  const { replies, reply_ms, flagged_share, fallback_share, up, down, approval } = figures;
  return (
    <tr>
      <th scope="row">
        <code>{model}</code> <span class="badge">{ROLES[role]}</span>
      </th>
      <td class="number">{formatCount(replies)}</td>
      <td class="number">{formatMs(reply_ms.p50)}</td>
      <td class="number">{formatMs(reply_ms.p95)}</td>
      <td class="number">{formatPart(flagged_share)}</td>
      <td class="number">{formatPart(fallback_share)}</td>
      <td class="number">{formatCount(up)}</td>
      <td class="number">{formatCount(down)}</td>
      <td class="number">
        {approval === null
          ? '–'
          : `${formatPart(approval.value)} (${formatPart(approval.low)} to ${formatPart(approval.high)})`}
      </td>
    </tr>
  );
}

function CandidateState({ candidate }: Pick<ModelsProps, 'candidate'>) {
  if (candidate === null)
    return (
      <p class="muted small">
        One model is served. CANDIDATE_MODEL_NAME sets up a second one, to be compared with it.
      </p>
    );
  const { model, share, state, reason } = candidate;
  return (
    <p class={state === 'ready' ? 'muted small' : 'callout problem'}>
      <code>{model}</code> is to have {formatPart(share)} of the new sessions.{' '}
      {state === 'ready' ? 'It is ready.' : `It gets none now. ${reason}`}
    </p>
  );
}

function verdictSentence({ outcome, difference }: ModelComparison['verdict']): string {
  if (difference === null) return 'There are no ratings of both models to compare yet.';
  const interval = `the difference lies between ${formatPart(difference.low)} and ${formatPart(difference.high)}`;
  if (outcome === 'undecided') return `Which one is rated better may still be chance: ${interval}.`;
  return `The candidate is rated ${outcome}: ${interval}, with 95 % confidence.`;
}
