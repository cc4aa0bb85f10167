/**
 * How many retries there may be: a share of the requests, and some at once. It keeps retries from multiplying the load
 * of backends that all fail. Source: Finagle's retry budget.
 */
export interface RetryBudget {
  /** One is a retry. */
  tokens: number;
}

/** Retries that a quiet edge may make at once: when a backend dies, all requests that it worked on are asked again. */
export const MOST_TOKENS = 50;
/** One request in five may be asked again in the long run. */
const TOKENS_PER_REQUEST = 0.2;

export const FULL_BUDGET: RetryBudget = { tokens: MOST_TOKENS };

export function afterRequest({ tokens }: RetryBudget): RetryBudget {
  return { tokens: Math.min(tokens + TOKENS_PER_REQUEST, MOST_TOKENS) };
}

export function allowsRetry({ tokens }: RetryBudget): boolean {
  return tokens >= 1;
}

export function afterRetry({ tokens }: RetryBudget): RetryBudget {
  return { tokens: tokens - 1 };
}
