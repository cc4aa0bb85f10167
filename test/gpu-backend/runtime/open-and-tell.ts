import { InferenceProcess } from '../../../gpu-backend/runtime/inference-worker.ts';

// A server that opens a model, prints its worker's process id and stays.
const worker = new InferenceProcess({ modelDirectory: process.argv[2]!, threads: 1 });
await worker.ready;
console.log(worker.pid);
