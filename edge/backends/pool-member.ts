import {
  afterFailure,
  afterProbe,
  type BackendHealth,
  duringProbe,
  EJECTING_FAILURES,
  HEALTHY,
  isProbeDue,
  type Moment,
} from './backend-health.ts';
import type { BackendInspection } from './backend.ts';
import type { BackendFailure } from './backend-failure.ts';
import type { BackendServer } from './backend-server.ts';
import type { Candidate } from './choose-backend.ts';
import type { LoadReport } from './load-report.ts';

/** A report tells less with every second. */
const REPORT_MS = 5_000;
/** The longest that a full backend is left alone, and how long where it does not say. It is a preference only. */
const LONGEST_PAUSE_MS = 10_000;
const DEFAULT_PAUSE_MS = 1_000;

/** How long an answer about readiness stands for those who ask next: everybody may ask for the edge's health. */
const READINESS_MS = 1_000;

/** What this isolate knows of one server. Numbers alone: in workerd nothing else may outlive the request that made it. */
export class PoolMember {
  readonly server: BackendServer;
  health: BackendHealth = HEALTHY;
  #pausedUntilMs = 0;
  #readiness: { isReady: boolean; atMs: number } | null = null;
  #report: { waiting: number; atMs: number } | null = null;
  /** When each request that was sent will be over at the latest. */
  #inFlight: number[] = [];
  #answered = 0;
  #failed = 0;
  #lastAnswerMs: number | null = null;
  #lastFailure: BackendInspection['lastFailure'] = null;

  constructor(server: BackendServer) {
    this.server = server;
  }

  candidate(nowMs: number): Candidate & { member: PoolMember } {
    const load = this.inFlight(nowMs) + (this.waiting(nowMs) ?? 0);
    return { member: this, weight: this.server.weight, load, standing: this.standing(nowMs) };
  }

  standing(nowMs: number): Candidate['standing'] {
    if (this.health.state === 'ejected') return 'ejected';
    return this.#pausedUntilMs > nowMs ? 'paused' : 'ready';
  }

  /** Requests without an answer. One whose client has gone may end without a word: it counts to its deadline at most. */
  inFlight(nowMs: number): number {
    this.#inFlight = this.#inFlight.filter((endMs) => endMs > nowMs);
    return this.#inFlight.length;
  }

  waiting(nowMs: number): number | null {
    return this.#report !== null && this.#report.atMs + REPORT_MS > nowMs ? this.#report.waiting : null;
  }

  /** @returns what to call once the request is over */
  begin(endMs: number): () => void {
    this.#inFlight.push(endMs);
    return () => {
      const index = this.#inFlight.indexOf(endMs);
      if (index >= 0) this.#inFlight.splice(index, 1);
    };
  }

  answered({ waiting }: LoadReport, nowMs: number): void {
    this.#answered += 1;
    this.#lastAnswerMs = nowMs;
    this.health = HEALTHY;
    this.#pausedUntilMs = 0;
    this.#report = waiting === null ? null : { waiting, atMs: nowMs };
  }

  /** @param options.isFault whether it counts towards ejection */
  failed(
    { reason, retryAfterSeconds }: BackendFailure,
    { isFault, moment }: { isFault: boolean; moment: Moment },
  ): void {
    this.#failed += 1;
    this.#lastFailure = { atMs: moment.nowMs, reason };
    if (isFault) this.health = afterFailure(this.health, moment);
    if (reason !== 'busy') return;
    const pauseMs = retryAfterSeconds === null ? DEFAULT_PAUSE_MS : retryAfterSeconds * 1_000;
    this.#pausedUntilMs = moment.nowMs + Math.min(pauseMs, LONGEST_PAUSE_MS);
  }

  /** Whether the server would answer now. It is asked once a second at most, from when it has answered first. */
  async isReady(nowMs: number): Promise<boolean> {
    if (this.#readiness !== null) {
      if (Math.abs(nowMs - this.#readiness.atMs) < READINESS_MS) return this.#readiness.isReady;
      // Who comes while it is asked gets the answer before.
      this.#readiness.atMs = nowMs;
    }
    const isReady = await this.server.isReady();
    this.#readiness = { isReady, atMs: nowMs };
    return isReady;
  }

  isProbeDue(nowMs: number): boolean {
    return isProbeDue(this.health, nowMs);
  }

  /** Asks a server whether it is ready; an ejected one that is, is asked again. */
  async probe(moment: () => Moment): Promise<boolean> {
    const { nowMs } = moment();
    this.health = duringProbe(this.health, nowMs);
    const isReady = await this.server.isReady();
    this.health = afterProbe(this.health, { isReady, ...moment() });
    return isReady;
  }

  inspect(nowMs: number): BackendInspection {
    const { health } = this;
    const { name, url, weight } = this.server;
    return {
      ...{ name, url, weight },
      standing: this.standing(nowMs),
      inFlight: this.inFlight(nowMs),
      waiting: this.waiting(nowMs),
      answered: this.#answered,
      failed: this.#failed,
      failuresInARow: health.state === 'healthy' ? health.failuresInARow : EJECTING_FAILURES,
      ejectionsInARow: health.ejectionsInARow,
      ejectedUntilMs: health.state === 'ejected' ? health.untilMs : null,
      lastAnswerMs: this.#lastAnswerMs,
      lastFailure: this.#lastFailure,
    };
  }
}
