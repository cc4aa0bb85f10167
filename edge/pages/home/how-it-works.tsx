import type { ServedModel } from '../../conversation/reply.ts';
import { TokenStrip } from './token-strip.tsx';

const SAID = 'Hello there, do you like the sea?';

/** The one idea of it, shown with what really happens: the edge has words, the backend has token ids. */
export function HowItWorks({ model }: { model: ServedModel }) {
  return (
    <section class="how" aria-labelledby="how-title">
      <h2 id="how-title">Two, in tandem</h2>
      <div class="how-steps">
        <article class="card stack">
          <span class="badge word">The edge · words</span>
          <h3>Everything about people</h3>
          <p>
            A worker close to whoever writes: keys and limits, sessions and personas, a word filter, the
            public API. It alone reads what is said.
          </p>
        </article>
        <figure class="card stack how-between">
          <figcaption>
            <q>{SAID}</q> <span class="muted">goes on as</span>
          </figcaption>
          <TokenStrip text={SAID} model={model} />
          <p class="muted small">Made just now, with {model.name}’s own vocabulary.</p>
        </figure>
        <article class="card stack">
          <span class="badge token">The backend · token ids</span>
          <h3>The model and nothing else</h3>
          <p>
            Numbers come in, numbers go out. It never sees a word, a name or a key, so it can run wherever the
            processors are: one machine, or many.
          </p>
        </article>
      </div>
    </section>
  );
}
