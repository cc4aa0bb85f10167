import type { Manifest } from '../compiler/manifest.ts';
import type { GenerationRow } from '../../shared/generation-batch.ts';
import type { GeneratedRow } from './generation-session.ts';

/** What the inference thread is started with. */
export interface InferenceWorkerData {
  modelDirectory: string;
  /** Threads that one run computes with; ONNX Runtime's choice where it is missing. */
  threads?: number;
}

export type ToThread = { kind: 'generate'; id: number; rows: GenerationRow[] } | { kind: 'close' };

export type FromThread =
  | { kind: 'opened'; manifest: Manifest }
  | { kind: 'cannot open'; message: string }
  | { kind: 'generated'; id: number; generated: GeneratedRow[] }
  | { kind: 'failed'; id: number; message: string };
