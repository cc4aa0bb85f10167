import { GENERATION_INPUTS, GENERATION_OUTPUTS } from '../../shared/generation-tensors.ts';
import type { Tensor, TensorMetadata } from '../../shared/inference-protocol.ts';
import { EnumName, type TextMessage, toTextFormat } from './text-format.ts';

export interface TritonModelOptions {
  /** As clients ask for it. */
  name: string;
  device: 'gpu' | 'cpu';
  /** Instances on each GPU, or in all on a processor. */
  instances: number;
  /** Rows of one run. */
  maxBatchSize: number;
  /** Requests that may wait. */
  maxQueueSize: number;
  maxQueueDelayMicroseconds: number;
  /** What a request may wait for that names no timeout of its own. */
  timeoutMicroseconds: number;
  /** Of one row that is run at the start; their data lie in the folder `warmup`, under their names. */
  warmup: Tensor[];
}

/**
 * The generation graph as Triton's ONNX Runtime backend serves it. Batches are made of requests whose tensors have one shape, and
 * so of inputs of one length: Triton does not pad.
 * Source: https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/user_guide/model_configuration.html
 */
export function tritonModelConfig(options: TritonModelOptions): string {
  const { name, device, instances, maxBatchSize, warmup } = options;
  return toTextFormat({
    name,
    backend: 'onnxruntime',
    max_batch_size: maxBatchSize,
    input: GENERATION_INPUTS.map(tensor),
    output: GENERATION_OUTPUTS.map(tensor),
    instance_group: { count: instances, kind: new EnumName(device === 'gpu' ? 'KIND_GPU' : 'KIND_CPU') },
    dynamic_batching: {
      max_queue_delay_microseconds: options.maxQueueDelayMicroseconds,
      default_queue_policy: {
        // Nobody waits for it any more.
        timeout_action: new EnumName('REJECT'),
        default_timeout_microseconds: options.timeoutMicroseconds,
        allow_timeout_override: true,
        max_queue_size: options.maxQueueSize,
      },
    },
    model_warmup: {
      name: 'a short reply',
      batch_size: 1,
      inputs: warmup.map(({ name, datatype, shape }) => ({
        key: name,
        value: { data_type: dataType(datatype), dims: shape.slice(1), input_data_file: name },
      })),
    },
  });
}

/** Triton adds the batch's dimension itself. */
function tensor({ name, datatype, shape }: TensorMetadata): TextMessage {
  return { name, data_type: dataType(datatype), dims: shape.slice(1) };
}

function dataType(datatype: string): EnumName {
  return new EnumName(`TYPE_${datatype}`);
}
