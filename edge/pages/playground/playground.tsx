import type { GenerationParameters } from '../../../shared/generation-parameters.ts';
import type { ServedModel } from '../../conversation/reply.ts';
import { Layout } from '../layout.tsx';
import type { PageFacts } from '../page-facts.ts';
import { Explanations } from './explanations.tsx';

/** Where one sees how a reply comes to be: every parameter, several settings side by side. */
export function Playground({ address, chatKey, needsKey, model }: PageFacts & { model: ServedModel }) {
  const isClosed = needsKey && chatKey === null;
  return (
    <Layout
      title="Playground"
      description="See how the model chooses its words: beams, sampling and blocks side by side on the same message, token by token."
      path="/playground"
      address={address}
      styles={['playground.css']}
      scripts={isClosed ? [] : ['playground.js']}
      wide
    >
      <header class="stack playground-head">
        <h1>Playground</h1>
        <p class="lead">
          One message, several ways to choose the words of the reply, side by side. It is {model.name} that
          answers.
        </p>
      </header>
      {isClosed ? (
        <p class="callout">
          The playground is not open to everybody: the owner of this server opens it with a publishable key
          for this address, as the secret <code>CHAT_KEY</code>.
        </p>
      ) : (
        <Form chatKey={chatKey} model={model} />
      )}
      <noscript>
        <p class="callout">
          The playground needs JavaScript. What its strategies do is told below; the API takes the same
          parameters.
        </p>
      </noscript>
      <Explanations />
    </Layout>
  );
}

function Form({ chatKey, model }: { chatKey: string | null; model: ServedModel }) {
  return (
    <form
      id="playground"
      class="playground"
      data-key={chatKey ?? undefined}
      data-defaults={JSON.stringify(publicDefaults(model.config.recommendedGeneration))}
      hidden
    >
      <section class="presets" id="presets" aria-label="Examples" />
      <div class="playground-said">
        <div class="card stack">
          <h2>What is said</h2>
          <div class="field">
            <label for="message">Message</label>
            <textarea id="message" rows={2} maxlength={4000} />
          </div>
          <div class="field">
            <label for="persona">Persona</label>
            <textarea
              id="persona"
              rows={2}
              maxlength={2000}
              placeholder={'i am a baker.\ni live in lisbon.'}
              aria-describedby="persona-hint"
            />
            <p class="hint" id="persona-hint">
              Facts about the bot, one on each line. They always stay within what the model reads.
            </p>
          </div>
          <div class="field">
            <label for="history">Earlier turns</label>
            <textarea id="history" rows={2} maxlength={4000} aria-describedby="history-hint" />
            <p class="hint" id="history-hint">
              One on each line, the bot’s last. The oldest are dropped where they do not fit.
            </p>
          </div>
          <div class="row">
            <button type="submit" class="button primary" id="run">
              Ask all settings
            </button>
            <button type="button" class="button" id="add">
              Add a setting
            </button>
            <button type="button" class="button quiet" id="share">
              Copy link
            </button>
          </div>
          <p id="status" role="status" class="small muted" />
        </div>
        <div class="card stack">
          <h2>What the model reads</h2>
          <p class="hint">
            The edge makes these token ids of the persona, the earlier turns and the message. The backend sees
            nothing else.
          </p>
          <div id="tokens" class="stack" />
        </div>
      </div>
      <div id="settings" class="settings" />
    </form>
  );
}

/** The model's own values by the API's names, where those differ from the graph's. Lengths do not count the start token. */
function publicDefaults({ min_length, max_length, ...defaults }: GenerationParameters) {
  const { num_beams, length_penalty, early_stopping, temperature, top_k, top_p, min_p } = defaults;
  const { no_repeat_ngram_size, encoder_no_repeat_ngram_size, repetition_penalty } = defaults;
  return {
    num_beams,
    length_penalty,
    early_stopping,
    temperature,
    top_k,
    top_p,
    min_p,
    no_repeat_ngram_size,
    encoder_no_repeat_ngram_size,
    repetition_penalty,
    max_tokens: max_length - 1,
    min_tokens: Math.max(0, min_length - 1),
  };
}
