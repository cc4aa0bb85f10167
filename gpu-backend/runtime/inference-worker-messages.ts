import type { GenerationRow } from '../../shared/generation-batch.ts';
import type { Manifest } from '../compiler/manifest.ts';
import type { Device } from './device.ts';
import type { GeneratedRow } from './generation-session.ts';

/** What an inference process opens. */
export interface ModelOnDevice {
  modelDirectory: string;
  device: Device;
  /** As `SessionOptions` has it. */
  fingerprint?: string | undefined;
  /** Threads that one run computes with; ONNX Runtime's choice where it is missing. */
  threads?: number | undefined;
}

export type ToWorker =
  | ({ kind: 'open' } & ModelOnDevice)
  | { kind: 'generate'; id: number; rows: GenerationRow[] }
  | { kind: 'close' };

export type FromWorker =
  | { kind: 'opened'; manifest: Manifest }
  | { kind: 'cannot open'; message: string }
  | { kind: 'generated'; id: number; generated: GeneratedRow[] }
  | { kind: 'failed'; id: number; message: string };
