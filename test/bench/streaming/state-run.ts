import '../../../gpu-backend/runtime/without-telemetry.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelScope, type Value } from '../../../gpu-backend/compiler/onnx/graph.ts';
import { GraphBuilder } from '../../../gpu-backend/compiler/onnx/graph-builder.ts';
import { type Dimension, encodeModel } from '../../../gpu-backend/compiler/onnx/messages.ts';

/** What decides how large the state between two chunks is. */
export interface StateSize {
  layers: number;
  heads: number;
  headSize: number;
  rows: number;
  /** Tokens that were read: the length of the cross-attention's keys and values. */
  input: number;
}

const SIDES = ['keys', 'values'] as const;

/**
 * A graph that does nothing of a chunk but take the state and give it back: the cache grows by the chunk's tokens, the
 * cross-attention's keys and values are only taken. Its runs cost what carrying the state from run to run costs.
 */
export class StateCarrier {
  readonly #session: InferenceSession;
  readonly #size: StateSize;

  private constructor(session: InferenceSession, size: StateSize) {
    this.#session = session;
    this.#size = size;
  }

  static async open(size: StateSize): Promise<StateCarrier> {
    const session = await InferenceSession.create(stateGraph(size.layers), {
      executionProviders: ['cpu'],
      logSeverityLevel: 4,
    });
    return new StateCarrier(session, size);
  }

  /** Seconds that the boundaries of a reply of `tokens` tokens in chunks take together. The first chunk needs no state. */
  async secondsOfReply({ tokens, chunk }: { tokens: number; chunk: number }): Promise<number> {
    const { input } = this.#size;
    const cross = this.#everyLayer('cross', input);
    const step = this.#everyLayer('new', chunk);
    let cache = this.#everyLayer('past', chunk);
    let seconds = 0;
    for (let made = chunk; made < tokens; made += chunk) {
      const started = performance.now();
      const results = await this.#session.run({ ...cross, ...step, ...cache });
      seconds += (performance.now() - started) / 1000;
      const grown = Object.entries(results).filter(([name]) => name.startsWith('grown'));
      cache = Object.fromEntries(
        grown.map(([name, tensor]) => [name.replace('grown', 'past'), tensor as Tensor]),
      );
    }
    return seconds;
  }

  /** Bytes that go into a run in float32, with a cache of `length` tokens. */
  bytes(length: number): number {
    const { layers, heads, headSize, rows, input } = this.#size;
    return 4 * SIDES.length * layers * rows * heads * headSize * (length + input);
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  #everyLayer(part: string, length: number): Record<string, Tensor> {
    const { layers, heads, headSize, rows } = this.#size;
    const shape = [rows, heads, length, headSize];
    const tensor = () => new Tensor('float32', new Float32Array(rows * heads * length * headSize), shape);
    return Object.fromEntries(tensorNames(part, layers).map((name) => [name, tensor()]));
  }
}

function tensorNames(part: string, layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) => SIDES.map((side) => `${part}.${layer}.${side}`)).flat();
}

function stateGraph(layers: number): Uint8Array {
  const g = new GraphBuilder(new ModelScope(), 'state');
  const inputs = (part: string, length: Dimension) =>
    tensorNames(part, layers).map((name) => g.input(name, 'float32', ['rows', 'heads', length, 'size']));
  const [past, step, cross] = [inputs('past', 'past'), inputs('new', 'new'), inputs('cross', 'input')];
  const grown = tensorNames('grown', layers);
  past.forEach((tensor, index) => {
    g.output(grown[index]!, g.concat([tensor, step[index]!], 2));
  });
  // Whatever is not used would not be carried to a device.
  const used = cross.map(
    (tensor): Value => g.node('Gather', [tensor, g.ints(0)], 'float32', { attributes: { axis: { int: 2 } } }),
  );
  g.output('used', g.node('Concat', used, 'float32', { attributes: { axis: { int: 2 } } }));
  return encodeModel({
    producer: { name: 'tandem-bench', version: '1' },
    opsets: { '': 21 },
    graph: g.toMessage({ outermost: true }),
  });
}
