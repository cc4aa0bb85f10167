import type { Case } from '../workload.ts';
import type { Memory } from './backend-under-load.ts';
import type { ModelName, SectionName } from './options.ts';
import type { LatencyMs, LoadFigures } from '../../../infra/load/outcomes.ts';

/** All that one section of a run found out; what is printed is made of nothing else. */
export interface ServingResults {
  /** ISO 8601, UTC. */
  date: string;
  command: string;
  versions: Record<string, string>;
  machine: { cpu: string; threads: number; memoryBytes: number; loadBefore: number };
  /** What each request asks for, one row. */
  point: Case;
  maxBatchSize: number;
  section: Section;
}

export type Section =
  | { name: 'load'; models: LoadOfModel[] }
  | { name: 'overload'; models: OverloadOfModel[] }
  | { name: 'clients'; models: ClientsOfModel[] }
  | { name: 'overhead'; models: OverheadOfModel[] }
  | { name: 'memory'; models: MemoryOfModel[] };
export type SectionOf<Name extends SectionName> = Extract<Section, { name: Name }>;

export interface LoadPoint {
  /** Offered load over capacity. */
  fraction: number;
  figures: LoadFigures;
}

export interface LoadOfModel {
  model: ModelName;
  /** Requests a second that the server answers, with batching, while enough clients always wait. */
  capacity: number;
  batching: LoadPoint[];
  /** At the same offered loads, with max_batch_size 1. */
  oneByOne: LoadPoint[];
}

export interface OverloadOfModel {
  model: ModelName;
  capacity: number;
  deadlines: { deadlineMs: number; points: LoadPoint[] }[];
}

export interface ClientsOfModel {
  model: ModelName;
  batching: ClientsPoint[];
  oneByOne: ClientsPoint[];
}

export interface ClientsPoint {
  clients: number;
  figures: LoadFigures;
}

export interface OverheadOfModel {
  model: ModelName;
  pairs: number;
  /** The graph alone, in a process of its own. */
  bareMs: LatencyMs;
  /** The same request through the server, from the first byte sent to the last one received. */
  servedMs: LatencyMs;
  /** What the server says of the latter: its run alone. */
  runMs: LatencyMs;
}

export interface MemoryOfModel {
  model: ModelName;
  samples: MemorySample[];
}

export interface MemorySample extends Memory {
  /** Answered so far. */
  requests: number;
}
