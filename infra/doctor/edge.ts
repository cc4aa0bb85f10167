import * as z from 'zod';
import { ask } from './ask.ts';
import { candidateFinding, candidateSchema } from './candidate.ts';
import { type Finding, ok, problem, skipped, warning } from './finding.ts';

const healthSchema = z.looseObject({
  status: z.string(),
  version: z.string(),
  model: z.string(),
  backends: z.array(z.looseObject({ name: z.string(), ready: z.boolean() })),
  candidate: candidateSchema.optional(),
});
const diagnosticsSchema = z.looseObject({
  time_ms: z.number(),
  development_mode: z.boolean(),
  secrets: z.record(z.string(), z.boolean()),
  stores: z.array(
    z.looseObject({
      name: z.string(),
      kind: z.string(),
      ok: z.boolean(),
      ms: z.number(),
      error: z.string().nullable(),
    }),
  ),
});

/** What is of no use without each secret. */
const SECRETS: Record<string, string> = {
  SESSION_TOKEN_SECRET: 'browsers get no session tokens, so publishable keys and the widget are of no use',
  SEALING_SECRET: 'no integration and no webhook can be kept',
  BACKEND_TOKEN: 'whoever reaches a backend may use it',
};
/** Far below the five minutes after which signatures of webhooks are too old. */
const MOST_SKEW_MS = 30_000;

export interface EdgeQuestion {
  /** Without a slash at its end. */
  url: string;
  adminToken: string | undefined;
  isExpected: boolean;
  nowMs: number;
}

/** @returns findings, and the served model's name where the edge told it */
export async function examineEdge(
  question: EdgeQuestion,
): Promise<{ findings: Finding[]; model: string | undefined }> {
  const { url, isExpected } = question;
  const about = `edge ${url}`;
  const health = await ask(`${url}/healthz`);
  if (!health.answered) {
    if (!isExpected) return { findings: [skipped(about, 'nothing runs there')], model: undefined };
    const advice = 'Start it ("npm start"), or put the address right.';
    return { findings: [problem(about, `does not answer: ${health.why}`, advice)], model: undefined };
  }
  const described = healthSchema.safeParse(health.body);
  if (!described.success) {
    const advice =
      'Something else listens there: give its own port to one of the two (EDGE_PORT), or put --url right.';
    return {
      findings: [problem(about, `is no edge of Tandem (${health.status})`, advice)],
      model: undefined,
    };
  }
  const { version, model, backends, candidate } = described.data;
  const findings = [
    ok(about, `Tandem ${version} serves ${model}, answers in ${health.ms} ms`),
    ...backendFindings(backends),
    ...(candidate === undefined ? [] : [candidateFinding(candidate)]),
    ...(await diagnosticFindings(question, health.date)),
  ];
  return { findings, model };
}

function backendFindings(backends: z.infer<typeof healthSchema>['backends']): Finding[] {
  return backends.map(({ name, ready }) => {
    const about = `backend ${name}, as the edge sees it`;
    if (ready) return ok(about, 'ready');
    return problem(about, 'not ready', 'Look at that backend: tandem doctor --backend URL, where it runs.');
  });
}

async function diagnosticFindings(
  { url, adminToken, nowMs }: EdgeQuestion,
  date: string | null,
): Promise<Finding[]> {
  const about = 'the edge’s stores and secrets';
  if (adminToken === undefined) {
    const found = 'not looked at: there is no admin token (variable ADMIN_TOKEN)';
    return [skipped(about, found), ...(date === null ? [] : [clockFinding(Date.parse(date) - nowMs)])];
  }
  const answer = await ask(`${url}/admin/v1/diagnostics`, {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  const described =
    answer.answered && answer.status === 200 ? diagnosticsSchema.safeParse(answer.body) : undefined;
  if (!described?.success) {
    const found = answer.answered ? `answered ${answer.status}` : answer.why;
    return [
      problem(
        about,
        `cannot be asked: ${found}`,
        'Is ADMIN_TOKEN this edge’s? It is set by "wrangler secret put ADMIN_TOKEN --env production" (or staging).',
      ),
    ];
  }
  const { stores, secrets, time_ms, development_mode } = described.data;
  return [
    clockFinding(time_ms - nowMs),
    ...stores.map(({ name, kind, ok: answers, ms, error }) =>
      answers
        ? ok(`${kind} ${name}`, `answers in ${ms} ms`)
        : problem(
            `${kind} ${name}`,
            error ?? 'does not answer',
            'See Cloudflare’s status page; is the binding in wrangler.toml that of this account?',
          ),
    ),
    // Behind nobody but its own machine, an edge in development mode needs none.
    ...(development_mode ? [ok('mode', 'development: serves this machine alone')] : secretFindings(secrets)),
  ];
}

function secretFindings(secrets: Record<string, boolean>): Finding[] {
  return Object.entries(SECRETS).map(([name, without]) => {
    if (secrets[name]) return ok(`secret ${name}`, 'is there');
    return warning(
      `secret ${name}`,
      `is missing: ${without}`,
      `wrangler secret put ${name} --env production, or staging   (openssl rand -hex 32 makes one)`,
    );
  });
}

function clockFinding(skewMs: number): Finding {
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  if (Math.abs(skewMs) <= MOST_SKEW_MS) return ok('clock', `within ${seconds} s of the edge’s`);
  const found = `${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} the edge’s`;
  return problem(
    'clock',
    found,
    'Set this machine’s clock (timedatectl set-ntp true): signatures and tokens depend on it.',
  );
}
