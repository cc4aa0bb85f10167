import type { AppDependencies } from '../../dependencies.ts';

/** What is needed to answer what has come in. */
export type InboundDependencies = Pick<
  AppDependencies,
  | 'settings'
  | 'model'
  | 'backend'
  | 'candidate'
  | 'sessions'
  | 'findIntegration'
  | 'fetch'
  | 'log'
  | 'now'
  | 'liveFigures'
>;
