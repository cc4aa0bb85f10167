export type State = 'ok' | 'skipped' | 'warning' | 'problem';

/** What was looked at, how it is, and what to do about it. */
export interface Finding {
  /** What was looked at. */
  about: string;
  state: State;
  found: string;
  /** There where something is to be done. */
  advice?: string;
}

export const isProblem = ({ state }: Finding): boolean => state === 'problem';

export const ok = (about: string, found: string): Finding => ({ about, state: 'ok', found });

export const skipped = (about: string, found: string): Finding => ({ about, state: 'skipped', found });

export const warning = (about: string, found: string, advice: string): Finding => ({
  about,
  state: 'warning',
  found,
  advice,
});

export const problem = (about: string, found: string, advice: string): Finding => ({
  about,
  state: 'problem',
  found,
  advice,
});
