import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Log } from '../log.ts';

type Callback = Parameters<SpanExporter['export']>[1];

const SUCCESS = 0;

/** Tells once that spans cannot be sent, and once that they can again. What could not be sent is lost. */
export class TellingExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #log: Log;
  #isFailing = false;

  constructor(exporter: SpanExporter, log: Log) {
    this.#exporter = exporter;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: Callback): void {
    this.#exporter.export(spans, (result) => {
      this.#tell(result);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.();
  }

  #tell({ code, error }: Parameters<Callback>[0]): void {
    const isFailing = code !== SUCCESS;
    if (isFailing === this.#isFailing) return;
    this.#isFailing = isFailing;
    if (isFailing) this.#log({ event: 'traces lost', level: 'warn', message: error?.message });
    else this.#log({ event: 'traces sent again' });
  }
}
