import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

// A colon, as vLLM has it, is Prometheus's sign for what recording rules made.
const PREFIX = 'tandem_';
/** The label that every metric has, by vLLM's name. */
const MODEL = 'model_name';

/** Makes instruments whose first label is the model's name. Names and help are as Prometheus's guide asks for. */
export class Instruments {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** @param collect called before each reading, to set what is looked up then */
  gauge(name: string, help: string, options: { labels?: string[]; collect?: () => void } = {}): Gauge {
    const { labels = [], collect } = options;
    return new Gauge({ ...this.#common(name, help, labels), ...(collect && { collect }) });
  }

  counter(name: string, help: string, labels: string[] = []): Counter {
    return new Counter(this.#common(name, help, labels));
  }

  histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ ...this.#common(name, help, []), buckets });
  }

  #common(name: string, help: string, labels: string[]) {
    return { name: PREFIX + name, help, labelNames: [MODEL, ...labels], registers: [this.#registry] };
  }
}
