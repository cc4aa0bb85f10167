import type { ApiErrorCode } from '../errors.ts';
import { LoggableError } from '../observability/describe-error.ts';
import { readText } from '../response-text.ts';

/** What a failed attempt says of a backend, and so what follows from it. */
interface FailureKind {
  /** The public error, where no other backend can be asked. */
  code: Extract<
    ApiErrorCode,
    'backend_unavailable' | 'backend_timeout' | 'backend_misconfigured' | 'bad_backend_answer'
  >;
  /** Counts towards ejection. */
  isFault: boolean;
  /** Another backend may do better. Generation changes nothing, so that whatever was not answered may be asked again. */
  mayRetry: boolean;
}

const KINDS = {
  /** Nobody listens, or the connection broke, before the answer or within it. */
  unreachable: { code: 'backend_unavailable', isFault: true, mayRetry: true },
  /** It says that something broke. */
  broken: { code: 'backend_unavailable', isFault: true, mayRetry: true },
  /** It works and has no room: it is left alone for as long as it says. */
  busy: { code: 'backend_unavailable', isFault: false, mayRetry: true },
  /** No answer within the time that this attempt had; fair time is the pool's to judge. */
  late: { code: 'backend_timeout', isFault: true, mayRetry: true },
  /** It dropped the request from its queue when its time was over. */
  expired: { code: 'backend_timeout', isFault: false, mayRetry: true },
  /** It does not let the edge in or has another model. */
  misconfigured: { code: 'backend_misconfigured', isFault: true, mayRetry: true },
  /** Its model is of a version that lacks what this request needs. Others of its requests it answers. */
  outdated: { code: 'backend_misconfigured', isFault: false, mayRetry: true },
  /** HTML, half a body, wrong shapes, ids outside the vocabulary. */
  nonsense: { code: 'bad_backend_answer', isFault: true, mayRetry: true },
  /** It does not want this request: no other would, and one client's request must not eject them all. */
  refused: { code: 'bad_backend_answer', isFault: false, mayRetry: false },
} as const satisfies Record<string, FailureKind>;

/** One attempt at one backend that failed. The message is for the log: no text, no token ids. */
export class BackendFailure extends LoggableError {
  override readonly name = 'BackendFailure';
  readonly reason: keyof typeof KINDS;
  /** After how long the backend says to come back. */
  readonly retryAfterSeconds: number | null;

  constructor(
    reason: keyof typeof KINDS,
    message: string,
    { retryAfterSeconds = null }: { retryAfterSeconds?: number | null } = {},
  ) {
    super(message);
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get kind(): FailureKind {
    return KINDS[this.reason];
  }
}

const LONGEST_RETRY_AFTER_SECONDS = 3_600;
const MAX_SAID_BYTES = 500;
/** Where a server quotes what it was sent, these are token ids: in a row of a list, in rows of their own, or however they stand. */
const LISTED_NUMBERS = /-?\d+(?:[^\p{L}\d]+\d+){2,}/gu;

/** What an answer with another status than 200 means. */
export async function failureOf(response: Response): Promise<BackendFailure> {
  const said = await readText(response, MAX_SAID_BYTES).catch(() => ({ text: '' }));
  const message = `It answered ${response.status}: ${said.text.replace(LISTED_NUMBERS, '…')}`;
  switch (response.status) {
    case 429:
    case 503:
      return new BackendFailure('busy', message, { retryAfterSeconds: retryAfterSeconds(response) });
    case 401:
    case 403:
    case 404:
      return new BackendFailure('misconfigured', message);
    case 408:
    case 504:
      return new BackendFailure('expired', message);
    default:
      return response.status >= 500
        ? new BackendFailure('broken', message)
        : new BackendFailure('refused', message);
  }
}

function retryAfterSeconds(response: Response): number | null {
  const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
  return seconds >= 0 ? Math.min(Math.max(seconds, 1), LONGEST_RETRY_AFTER_SECONDS) : null;
}
