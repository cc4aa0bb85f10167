import type { ServedModel } from '../../conversation/reply.ts';
import { Layout } from '../layout.tsx';
import { Examples, Snippet } from '../snippet.tsx';
import { Features } from './features.tsx';
import { HowItWorks } from './how-it-works.tsx';
import { LiveChat } from './live-chat.tsx';
import type { PageFacts } from '../page-facts.ts';
import { callSnippets, embedSnippets, sessionSnippet } from './snippets.ts';
import { Status } from './status.tsx';

const DESCRIPTION =
  'Tandem serves BlenderBot, an open chatbot for talk about anything, from a server of your own: a widget for any page, the OpenAI API, webhooks.';

/** The first page: what Tandem is, to be tried, embedded and called from where one is. */
export function Home({ model, ...facts }: PageFacts & { model: ServedModel }) {
  const snippets = { ...facts, model: model.name };
  return (
    <Layout
      path="/"
      address={facts.address}
      description={DESCRIPTION}
      styles={['home.css']}
      scripts={['home.js']}
    >
      <section class="hero" aria-labelledby="hero-title">
        <div class="stack">
          <h1 id="hero-title">
            A chatbot of <span class="of-word">your own</span>, for any page and any program
          </h1>
          <p class="lead">
            Tandem serves BlenderBot, the open model that was made for talk about anything and nothing. No
            hosted provider offers it. Here it runs on machines of yours, with sessions, keys and limits in
            front of it.
          </p>
          <div class="row">
            <a class="button primary" href="#embed">
              Embed it
            </a>
            <a class="button" href="#call">
              Call it
            </a>
            <a class="button quiet" href="/playground">
              See how it chooses its words
            </a>
          </div>
          <Status model={model} />
        </div>
        <LiveChat chatKey={facts.chatKey} needsKey={facts.needsKey} />
      </section>

      <HowItWorks model={model} />

      <Features />

      <section id="embed" class="split" aria-labelledby="embed-title">
        <div class="stack">
          <p class="eyebrow">Embed it</p>
          <h2 id="embed-title">One line, and your page talks</h2>
          <p>
            A bubble in the corner, or a chat in the midst of your page. It brings its own words in seven
            languages, works with the keyboard and screen readers, and leaves your styles alone.
          </p>
          <KeyAdvice {...facts} />
        </div>
        <Examples name="Ways to embed it" snippets={embedSnippets(snippets)} />
      </section>

      <section id="call" class="split" aria-labelledby="call-title">
        <div class="stack">
          <p class="eyebrow">Call it</p>
          <h2 id="call-title">Every OpenAI client speaks to it already</h2>
          <p>
            Set its base URL to <code>{facts.address}/v1</code>. Or let the edge keep the conversation: a
            session remembers what was said, and who the bot is meant to be.
          </p>
          <p>
            <a href="/docs">Every operation, with examples to try</a>
          </p>
        </div>
        <div class="stack">
          <Examples name="Ways to call it" snippets={callSnippets(snippets)} />
          <Snippet {...sessionSnippet(snippets)} />
        </div>
      </section>
    </Layout>
  );
}

/** Where the keys in the snippets come from. */
function KeyAdvice({ chatKey, needsKey }: { chatKey: string | null; needsKey: boolean }) {
  if (!needsKey) {
    return (
      <p class="callout small">
        This server is in development mode: it serves this machine alone, and asks for no key. Once it is
        deployed, pages need a publishable key of their own.
      </p>
    );
  }
  return (
    <p class="callout small">
      {chatKey === null
        ? 'The owner of this server makes keys for pages: '
        : 'The key shown here is for this page alone. One for yours is made by the owner of this server: '}
      <code>tandem keys create --publishable --origin https://your.page</code>
    </p>
  );
}
