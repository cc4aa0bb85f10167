/** First tokens of rows on which faulty-thread.ts fails, each in its own way. */
export const FAULTS = { crash: 11, exit: 12, refuse: 13 };
