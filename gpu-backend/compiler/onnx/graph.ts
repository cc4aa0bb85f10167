import type {
  Attribute,
  Dimension,
  ElementType,
  FloatingType,
  GraphMessage,
  NodeMessage,
  TensorData,
  TensorMessage,
  ValueInfo,
} from './messages.ts';

/** A tensor that flows through a graph. The element type is part of the TypeScript type: mixing two does not compile. */
export interface Value<T extends ElementType = ElementType> {
  readonly name: string;
  readonly type: T;
}

/** A network's hidden state, weight or bias, in the type that its precision computes with. */
export type Hidden = Value<FloatingType>;

/** What all graphs of one model share: names, which must differ even between subgraphs, and the initializers. */
export class ModelScope {
  readonly initializers = new Map<string, TensorMessage>();
  readonly #names = new Set<string>();

  /** `base` itself the first time, then `base_1`, `base_2`, … */
  uniqueName(base: string): string {
    let name = base;
    for (let count = 1; this.#names.has(name); count++) name = `${base}_${count}`;
    this.#names.add(name);
    return name;
  }
}

interface NodeOptions {
  domain?: string;
  attributes?: Record<string, Attribute>;
}

/** One graph or subgraph under construction: nodes in order of use, inputs, outputs. */
export class Graph {
  readonly #name: string;
  readonly #nodes: NodeMessage[] = [];
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #path: string[] = [];
  protected readonly model: ModelScope;

  constructor(model: ModelScope, name: string) {
    this.model = model;
    this.#name = name;
  }

  /** Names the nodes made inside `build` after the part of the model they belong to. */
  scope<R>(name: string, build: () => R): R {
    this.#path.push(name);
    try {
      return build();
    } finally {
      this.#path.pop();
    }
  }

  input<T extends ElementType>(name: string, type: T, shape?: Dimension[]): Value<T> {
    const unique = this.model.uniqueName(name);
    this.#inputs.push({ name: unique, type, shape });
    return { name: unique, type };
  }

  /** Makes `value` an output called `name`. An output needs a node of its own: a bare outer value is not one. */
  output(name: string, value: Value, shape?: Dimension[]): void {
    const unique = this.model.uniqueName(name);
    this.#nodes.push({
      name: `${unique}/Identity`,
      opType: 'Identity',
      domain: '',
      inputs: [value.name],
      outputs: [unique],
      attributes: {},
    });
    this.#outputs.push({ name: unique, type: value.type, shape });
  }

  /** A node with one output of element type `type`. `undefined` leaves an optional input out. */
  node<T extends ElementType>(
    opType: string,
    inputs: (Value | undefined)[],
    type: T,
    options: NodeOptions = {},
  ): Value<T> {
    return this.nodeWithOutputs(opType, inputs, [type], options)[0]!;
  }

  /** A node's outputs. `undefined` among the types leaves an optional one out, of the node and of the answer. */
  nodeWithOutputs<T extends ElementType>(
    opType: string,
    inputs: (Value | undefined)[],
    types: (T | undefined)[],
    { domain = '', attributes = {} }: NodeOptions = {},
  ): Value<T>[] {
    const name = this.model.uniqueName([...this.#path, opType].join('/'));
    const outputs = types.map((type, index) =>
      type === undefined ? undefined : { name: index === 0 ? `${name}:out` : `${name}:out${index}`, type },
    );
    this.#nodes.push({
      name,
      opType,
      domain,
      inputs: inputs.map((value) => value?.name ?? ''),
      outputs: outputs.map((value) => value?.name ?? ''),
      attributes,
    });
    return outputs.filter((value) => value !== undefined);
  }

  /** A tensor stored with the model, which every graph of it can read. It is made once for each name. */
  initializer<T extends ElementType>(
    name: string,
    make: () => { type: T; shape: number[]; data: TensorData },
  ): Value<T> {
    const tensor = this.model.initializers.get(name) ?? { name, ...make() };
    this.model.initializers.set(name, tensor);
    return { name, type: tensor.type as T };
  }

  /** The finished graph. Initializers are listed by the outermost one only. */
  toMessage({ outermost = false } = {}): GraphMessage {
    return {
      name: this.#name,
      nodes: this.#nodes,
      initializers: outermost ? [...this.model.initializers.values()] : [],
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }
}
