/**
 * Does two things at once. Where one fails the other is stopped and waited for: nothing goes on behind a failure.
 * @throws what failed first, or the signal's reason
 */
export async function doBoth<First, Second>(
  signal: AbortSignal | undefined,
  first: (signal: AbortSignal) => Promise<First>,
  second: (signal: AbortSignal) => Promise<Second>,
): Promise<[First, Second]> {
  const failure = new AbortController();
  const either = AbortSignal.any(signal === undefined ? [failure.signal] : [failure.signal, signal]);
  const stopOther = (error: unknown) => {
    failure.abort(error);
    throw error;
  };
  const both = [first(either).catch(stopOther), second(either).catch(stopOther)] as const;
  await Promise.allSettled(both);
  failure.signal.throwIfAborted();
  return Promise.all(both);
}
