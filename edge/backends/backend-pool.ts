import type { Settings } from '../env.ts';
import { ApiError } from '../errors.ts';
import type { Log } from '../middleware/request-log.ts';
import type { Backend, BackendCall, BackendFigures, CallOutcome } from './backend.ts';
import { BackendFailure } from './backend-failure.ts';
import { createBackendServer } from './backend-server.ts';
import { chooseBackend } from './choose-backend.ts';
import { attemptTimeoutMs, SHORTEST_ATTEMPT_MS, wasGivenFairTime } from './deadline.ts';
import { buildInferenceRequest, type GenerationBatch } from './inference-request.ts';
import { BadAnswerError, type GeneratedSequence, readInferenceResponse } from './inference-response.ts';
import { inItsVersion } from './neighbouring-version.ts';
import { PoolMember } from './pool-member.ts';
import { afterRequest, afterRetry, allowsRetry, FULL_BUDGET } from './retry-budget.ts';

export interface BackendPoolOptions extends Pick<Settings, 'modelName' | 'backends'> {
  /** How much of `backends.timeoutMs` most calls have; all where it is not said. */
  usualMs?: number;
  padToken: number;
  vocabSize: number;
  fetch: typeof fetch;
  /** Milliseconds since 1970. */
  now: () => number;
  /** In [0, 1). */
  random: () => number;
  /** Keeps the worker alive until a probe is back; no request waits for it. */
  waitUntil: (promise: Promise<unknown>) => void;
  log: Log;
}

const DEFAULT_RETRY_AFTER_SECONDS = 5;

/**
 * Several servers as one: the less loaded of two is asked, another one where that fails, and one that fails repeatedly is
 * left out for a while. What it learns lives as long as the isolate: see ARCHITECTURE.md.
 */
export function createBackendPool(options: BackendPoolOptions): Backend {
  const { now, random } = options;
  const limitMs = options.backends.timeoutMs;
  const usualMs = options.usualMs ?? limitMs;
  const members = options.backends.endpoints.map(
    (endpoint) => new PoolMember(inItsVersion(createBackendServer(endpoint, options), now)),
  );
  let budget = FULL_BUDGET;
  const moment = () => ({ nowMs: now(), random: random() });

  return {
    async generate(batch, call) {
      const startMs = now();
      const figures: BackendFigures = {
        backend: null,
        attempts: 0,
        totalMs: 0,
        queueMs: null,
        inferenceMs: null,
      };
      const told: CallOutcome = { model: options.modelName, outcome: 'answered', asked: [] };
      try {
        return await askUntilAnswered(batch, call, { startMs, figures, asked: told.asked });
      } catch (error) {
        told.outcome = error instanceof ApiError ? error.code : 'internal_error';
        throw error;
      } finally {
        figures.totalMs = now() - startMs;
        call.observe({ backend: figures, call: told });
      }
    },

    status: () =>
      Promise.all(
        members.map(async (member) => {
          const ready = await member.isReady(now());
          const nowMs = now();
          return {
            name: member.server.name,
            ready,
            standing: member.standing(nowMs),
            weight: member.server.weight,
            in_flight: member.inFlight(nowMs),
            waiting: member.waiting(nowMs),
          };
        }),
      ),

    describe: () =>
      Promise.all(
        members.map(async ({ server }) => ({ name: server.name, properties: await server.describe() })),
      ),

    inspect: () => members.map((member) => member.inspect(now())),

    async probe(name) {
      const member = members.find(({ server }) => server.name === name);
      return member === undefined ? null : member.probe(moment);
    },
  };

  async function askUntilAnswered(
    batch: GenerationBatch,
    call: BackendCall,
    { startMs, figures, asked }: { startMs: number; figures: BackendFigures; asked: CallOutcome['asked'] },
  ): Promise<GeneratedSequence[][]> {
    const deadlineMs = startMs + Math.min(limitMs, call.timeoutMs ?? Number.POSITIVE_INFINITY);
    const failures: BackendFailure[] = [];
    const left = new Set(members);
    budget = afterRequest(budget);
    for (const member of members) {
      if (member.isProbeDue(startMs)) options.waitUntil(member.probe(moment));
    }

    for (;;) {
      const nowMs = now();
      const candidates = [...left].map((member) => member.candidate(nowMs));
      const { member } = chooseBackend(candidates, random)!;
      left.delete(member);
      const mayRetry = left.size > 0 && allowsRetry(budget);
      const timeoutMs = attemptTimeoutMs(deadlineMs - nowMs, { mayRetry });
      figures.backend = member.server.name;
      figures.attempts += 1;
      const backend = member.server.name;
      try {
        const answer = await ask(member, batch, { call, timeoutMs, figures });
        asked.push({ backend, outcome: 'answered', ejected: false });
        return answer;
      } catch (error) {
        if (call.signal.aborted) {
          asked.push({ backend, outcome: 'left', ejected: false });
          throw new ApiError('client_closed_request');
        }
        if (!(error instanceof BackendFailure)) throw error;
        const ejected = noteFailure(member, error, timeoutMs);
        asked.push({ backend, outcome: error.reason, ejected });
        failures.push(error);
        const isTimeLeft = deadlineMs - now() >= SHORTEST_ATTEMPT_MS;
        // Requests beside this one may have used the budget up meanwhile.
        if (!mayRetry || !error.kind.mayRetry || !isTimeLeft || !allowsRetry(budget)) {
          throw publicError(failures);
        }
        budget = afterRetry(budget);
      }
    }
  }

  async function ask(
    member: PoolMember,
    batch: GenerationBatch,
    { call, timeoutMs, figures }: { call: BackendCall; timeoutMs: number; figures: BackendFigures },
  ): Promise<GeneratedSequence[][]> {
    const { requestId, tenant } = call;
    const { padToken, vocabSize } = options;
    const request = buildInferenceRequest(batch, { padToken, requestId, tenant, timeoutMs });
    const end = member.begin(now() + timeoutMs);
    try {
      const { answer, report } = await member.server.infer(request, { ...call, timeoutMs });
      const { num_return_sequences: sequences, output_logprobs: logprobs } = batch.parameters;
      const read = readInferenceResponse(answer, {
        rows: batch.rows.length,
        ...{ sequences, logprobs, vocabSize },
      });
      member.answered(report, now());
      figures.queueMs = report.queueMs;
      figures.inferenceMs = report.inferenceMs;
      return read;
    } catch (error) {
      if (error instanceof BadAnswerError) throw new BackendFailure('nonsense', error.message);
      throw error;
    } finally {
      end();
    }
  }

  /** @returns whether it is left out from now on */
  function noteFailure(member: PoolMember, failure: BackendFailure, timeoutMs: number): boolean {
    const isFault =
      failure.kind.isFault && (failure.reason !== 'late' || wasGivenFairTime(timeoutMs, usualMs));
    const before = member.health.state;
    member.failed(failure, { isFault, moment: moment() });
    failure.message = `${member.server.name}: ${failure.message}`;
    if (member.health.state === before) return false;
    options.log({ event: 'backend ejected', backend: member.server.name, cause: failure.message });
    return true;
  }
}

/** What the client is told where nobody answered: that it may come back, and when the first of those asked has room. */
function publicError(failures: BackendFailure[]): ApiError {
  const cause = new AggregateError(failures);
  const codes = failures.map(({ kind }) => kind.code);
  if (!codes.includes('backend_unavailable')) return new ApiError(codes.at(-1)!, { cause });
  const seconds = failures.flatMap(({ retryAfterSeconds }) => retryAfterSeconds ?? []);
  const retryAfterSeconds = seconds.length > 0 ? Math.min(...seconds) : DEFAULT_RETRY_AFTER_SECONDS;
  return new ApiError('backend_unavailable', { retryAfterSeconds, cause });
}
