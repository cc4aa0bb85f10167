/// <reference path="../static-files.d.ts" />
import { raw } from 'hono/html';
import reference from '../../../.tandem/static-list/reference.html.txt';
import { Layout } from '../layout.tsx';
import type { PageFacts } from '../page-facts.ts';
import { ADDRESS } from './examples.ts';

/** The reference of the API. */
export function Docs({ address, chatKey, needsKey }: PageFacts) {
  return (
    <Layout
      title="API"
      description="Every operation of this Tandem server, with examples in curl, TypeScript and Python to try at once."
      path="/docs"
      address={address}
      styles={['docs.css']}
      scripts={['docs.js']}
      wide
    >
      <header class="stack docs-head">
        <h1>API</h1>
        <p class="lead">
          OpenAI’s forms and Hugging Face’s, and sessions that keep a conversation. The same for programs:{' '}
          <a href="/openapi.json">openapi.json</a>, OpenAPI 3.1.
        </p>
        <search>
          <form class="docs-tools" id="docs-tools" hidden>
            <div class="field">
              <label for="search">Search</label>
              <input
                type="search"
                id="search"
                placeholder="beams, idempotency, logprobs …"
                autocomplete="off"
                spellcheck={false}
              />
            </div>
            <div class="field">
              <label for="key">Key, to try operations with</label>
              <input
                type="password"
                id="key"
                value={chatKey ?? ''}
                autocomplete="off"
                spellcheck={false}
                placeholder={
                  needsKey ? 'pk_tandem_… of this address, or the admin token' : 'none is needed here'
                }
              />
            </div>
            <p id="found" role="status" class="hint" />
          </form>
        </search>
        <noscript>
          <p class="callout">
            Everything can be read without JavaScript. It is needed to search, and to try operations here.
          </p>
        </noscript>
      </header>
      <div class="reference">{raw(reference.replaceAll(ADDRESS, address))}</div>
    </Layout>
  );
}
