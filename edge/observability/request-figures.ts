import type {
  BackendCall,
  BackendFigures,
  CallOutcome,
  RatedReply,
  ReplyFigures,
} from '../backends/backend.ts';
import { bothFlags, NO_FLAGS, type SafetyFlags } from '../safety/safety-flags.ts';

/** Parts of a request's time that are told apart. The backend's own are in its figures. */
export type Stage = 'tokenize' | 'session';

/** What happened while a request was answered: for its log line, its `server-timing` and its data point. */
export class RequestFigures {
  /** Of a request with several calls, which run side by side: the slowest one, and the attempts of all. */
  backend: BackendFigures | null = null;
  /** What came of each. */
  readonly calls: CallOutcome[] = [];
  safety: SafetyFlags = NO_FLAGS;
  /** Of the prompts and replies. */
  tokens = 0;
  readonly replies: ReplyFigures[] = [];
  /** The model that a session was on before, which is not configured any more. */
  movedFrom: string | null = null;
  feedback: RatedReply | null = null;
  readonly stages = new Map<Stage, number>();

  observe(happened: Parameters<BackendCall['observe']>[0]): void {
    const { backend, call, safety, tokenizeMs, tokens = 0, reply, movedFrom, feedback } = happened;
    this.tokens += tokens;
    if (call !== undefined) this.calls.push(call);
    if (reply !== undefined) this.replies.push(reply);
    if (feedback !== undefined) this.feedback = feedback;
    if (movedFrom !== undefined) this.movedFrom = movedFrom;
    if (tokenizeMs !== undefined) this.add('tokenize', tokenizeMs);
    if (safety !== undefined) this.safety = bothFlags(this.safety, safety);
    if (backend === undefined) return;
    const attempts = (this.backend?.attempts ?? 0) + backend.attempts;
    const slowest = this.backend !== null && this.backend.totalMs > backend.totalMs ? this.backend : backend;
    this.backend = { ...slowest, attempts };
  }

  /** The model that was to answer, where another one did. */
  get fellBackFrom(): string | null {
    return this.replies.find(({ model, meant }) => model !== meant)?.meant ?? null;
  }

  /** The model that answered, was rated or, where none did, that was asked last; null where none was. */
  get model(): string | null {
    return this.replies.at(-1)?.model ?? this.feedback?.model ?? this.calls.at(-1)?.model ?? null;
  }

  add(stage: Stage, ms: number): void {
    this.stages.set(stage, (this.stages.get(stage) ?? 0) + ms);
  }
}
