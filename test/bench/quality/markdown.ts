import type { QualityLine } from './compare.ts';

export interface ShownConversation {
  persona: string[];
  turns: string[];
  replies: { precision: string; text: string }[];
}

export interface Quality {
  /** ISO 8601, UTC. */
  date: string;
  model: string;
  /** Of the beam replies. */
  beams: number;
  conversations: number;
  lines: QualityLine[];
  shown: ShownConversation[];
}

/** The measurements as tables, in Markdown. */
export function renderQuality({ date, model, beams, conversations, lines, shown }: Quality): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const table = [
    '| precision | weights | perplexity | Δ log p | same next token | same greedy tokens | same greedy replies | same beam replies |',
    '|---|---|---|---|---|---|---|---|',
    ...lines.map((line) =>
      row([
        line.precision,
        `${(line.bytes / 1e6).toFixed(1)} MB`,
        line.perplexity.toFixed(4),
        line.logProbabilityChange.toFixed(4),
        percent(line.sameChoices),
        percent(line.sameGreedyTokens),
        percent(line.sameGreedyReplies),
        percent(line.sameBeamReplies),
      ]),
    ),
  ];
  const replies = shown.flatMap(({ persona, turns, replies }) => [
    '',
    ...persona.map((line) => `> persona: ${line}  `),
    ...turns.slice(-3).map((turn) => `> ${turn}  `),
    '',
    ...distinct(replies).map(({ precisions, text }) => `- ${precisions}: ${text}`),
  ]);
  const measured =
    `Measured on ${date.slice(0, 10)} with \`npm run bench:quality\`: ${model}, ` +
    `${conversations} conversations, beam replies with ${beams} beams.`;
  return [measured, '', ...table, '', 'Replies side by side:', ...replies].join('\n');
}

/** Precisions that answer the same share a line. */
function distinct(replies: ShownConversation['replies']) {
  const byText = Map.groupBy(replies, ({ text }) => text);
  return [...byText].map(([text, same]) => ({
    text,
    precisions: same.map(({ precision }) => precision).join(', '),
  }));
}

const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
