/** What the word filter found in a request and its replies. */
export interface SafetyFlags {
  /** The person's newest message was flagged: the model was not asked. */
  message: boolean;
  /** Replies of the model that were flagged, and so not given. */
  replies: number;
}

export const NO_FLAGS: SafetyFlags = { message: false, replies: 0 };

export function bothFlags(one: SafetyFlags, other: SafetyFlags): SafetyFlags {
  return { message: one.message || other.message, replies: one.replies + other.replies };
}

export function flagList({ message, replies }: SafetyFlags): ('message' | 'reply')[] {
  return [...(message ? (['message'] as const) : []), ...(replies > 0 ? (['reply'] as const) : [])];
}

/** As the header `x-tandem-safety` and the log tell it; null where nothing was flagged. */
export function flagNames(flags: SafetyFlags): string | null {
  return flagList(flags).join(', ') || null;
}
