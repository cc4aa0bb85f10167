import type { PageFacts } from '../page-facts.ts';
import type { SnippetProps } from '../snippet.tsx';

export interface SnippetFacts extends PageFacts {
  /** The model's name. */
  model: string;
}

const QUESTION = 'Hello! Do you have any pets?';

export function embedSnippets(facts: SnippetFacts): SnippetProps[] {
  const { address } = facts;
  const key = pageKey(facts);
  return [
    {
      name: 'A bubble',
      language: 'html',
      code: `<script src="${address}/widget.js"
  data-key="${key}" defer></script>`,
    },
    {
      name: 'In the page',
      language: 'html',
      code: `<script src="${address}/widget.js" defer></script>

<tandem-chat mode="inline"${key === '' ? '' : ` key="${key}"`}></tandem-chat>`,
    },
    {
      name: 'Your colours',
      language: 'html',
      code: `<style>
  tandem-chat {
    --tandem-accent: #7a1fa2;
    --tandem-radius: 4px;
    --tandem-font: Georgia, serif;
  }
</style>`,
    },
    {
      name: 'Your own looks',
      language: 'typescript',
      code: `import { TandemClient } from '${address}/client.js';

const chat = new TandemClient({ url: '${address}'${key === '' ? '' : `, key: '${key}'`} });
chat.subscribe(({ messages, phase }) => console.log(phase, messages));
await chat.send('${QUESTION}');`,
    },
  ];
}

/** What a page shows: this page's own key, one to be filled in, or none where none is needed. */
function pageKey({ chatKey, needsKey }: SnippetFacts): string {
  return chatKey ?? (needsKey ? 'pk_tandem_…' : '');
}

export function callSnippets({ address, needsKey, model }: SnippetFacts): SnippetProps[] {
  return [
    {
      name: 'curl',
      language: 'shell',
      code: `curl ${address}/v1/chat/completions \\${needsKey ? '\n  -H "authorization: Bearer $TANDEM_API_KEY" \\' : ''}
  -H 'content-type: application/json' \\
  -d '{"messages": [{"role": "user",
        "content": "${QUESTION}"}]}'`,
    },
    {
      name: 'TypeScript',
      language: 'typescript',
      code: `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: '${address}/v1',
  apiKey: ${needsKey ? 'process.env.TANDEM_API_KEY' : "'any word'"},
});
const chat = await client.chat.completions.create({
  model: '${model}',
  messages: [{ role: 'user', content: '${QUESTION}' }],
});
console.log(chat.choices[0].message.content);`,
    },
    {
      name: 'Python',
      language: 'python',
      code: `${needsKey ? 'import os\n' : ''}from openai import OpenAI

client = OpenAI(
    base_url="${address}/v1",
    api_key=${needsKey ? 'os.environ["TANDEM_API_KEY"]' : '"any word"'},
)
chat = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "${QUESTION}"}],
)
print(chat.choices[0].message.content)`,
    },
  ];
}

/** A conversation that the edge keeps. */
export function sessionSnippet({ address, needsKey }: SnippetFacts): SnippetProps {
  const key = needsKey ? ' -H "authorization: Bearer $TANDEM_API_KEY"' : '';
  return {
    name: 'A conversation that is kept here',
    language: 'shell',
    code: `EDGE=${address}/v1
JSON='content-type: application/json'
SESSION=$(curl -s $EDGE/sessions${key} -H "$JSON" \\
  -d '{"persona": ["i have a dog named biscuit."]}' \\
  | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')
curl $EDGE/sessions/$SESSION/messages${key} -H "$JSON" \\
  -d '{"content": "${QUESTION}"}'`,
  };
}
