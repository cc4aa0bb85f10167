/** First tokens of rows on which faulty-thread.ts fails, each in its own way. */
export const FAULTS = { crash: 11, exit: 12, refuse: 13, hold: 14 };

/** The channel whose first message lets a thread answer the runs that `FAULTS.hold` holds up. */
export const RELEASE_CHANNEL = 'faulty-thread-release';
