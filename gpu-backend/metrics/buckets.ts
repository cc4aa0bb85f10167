/**
 * Bounds in seconds for what a reply takes: from the 10 ms of a small model to the 60 s of a long queue. Each is at most
 * twice the one before, and so percentiles are known within a factor of two.
 */
export const REPLY_SECONDS = [0.01, 0.02, 0.035, 0.05, 0.1, 0.2, 0.35, 0.5, 1, 2, 3.5, 5, 10, 20, 35, 60];

/** The same for the wait in the queue, which is no time at all where nothing is ahead. */
export const QUEUE_SECONDS = [0.001, 0.005, ...REPLY_SECONDS];

/** Rows in a run: powers of two, as memory and kernels see them. */
export const BATCH_ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256];
