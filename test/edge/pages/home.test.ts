import { describe, expect, it } from 'vitest';
import { createKeyId, createKeyText } from '../../../edge/keys/key-text.ts';
import { modelConfig, tokenizer } from '../../../edge/tokenizer/model.ts';
import { testApp } from '../test-app.ts';

const key = createKeyText({ kind: 'publishable', id: createKeyId() });

async function home(settings: Record<string, string>, host = 'https://chat.example') {
  const html = await (await testApp({ settings }).request('GET', host)).text();
  const snippets = [...html.matchAll(/<div class="snippet".*?<\/pre>/gs)]
    .map(([figure]) => figure.replace(/<[^>]+>/g, ''))
    .map((text) =>
      text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>'),
    );
  return { html, snippets };
}

describe('the first page', () => {
  it('has the chat, and this server’s address and key in every line to embed it', async () => {
    const { html, snippets } = await home({ DEVELOPMENT_MODE: 'false', CHAT_KEY: key });
    expect(html).toContain(`<tandem-chat mode="inline" key="${key}">`);
    const embedding = snippets.filter((text) => /widget\.js|client\.js/.test(text));
    expect(embedding).toHaveLength(3);
    for (const text of embedding) {
      expect(text).toContain('https://chat.example/');
      expect(text).toContain(key);
    }
    expect(snippets.filter((text) => text.includes('https://chat.example/v1'))).toHaveLength(4);
  });

  it('asks for no key where none is needed', async () => {
    const { html, snippets } = await home({ DEVELOPMENT_MODE: 'true' }, 'http://127.0.0.1:8787');
    expect(html).toContain('<tandem-chat mode="inline"></tandem-chat>');
    expect(snippets.join()).not.toMatch(/pk_|TANDEM_API_KEY|Bearer/);
    expect(snippets.join()).toContain('data-key=""');
  });

  it('says how it is opened where it is closed, and has no chat', async () => {
    const { html, snippets } = await home({ DEVELOPMENT_MODE: 'false' });
    expect(html).not.toContain('<tandem-chat');
    expect(html).not.toContain('widget-');
    expect(html).toContain('CHAT_KEY');
    expect(snippets.join()).toContain('data-key="pk_tandem_…"');
    expect(snippets.join()).toContain('$TANDEM_API_KEY');
  });

  it('shows what the served model’s own tokenizer makes of a text', async () => {
    const { html } = await home({ DEVELOPMENT_MODE: 'false' });
    const ids = [...html.matchAll(/<span class="id">(\d+)/g)].map(([, id]) => Number(id));
    expect(ids).toEqual([...tokenizer.encode('Hello there, do you like the sea?'), modelConfig.tokens.eos]);
  });

  it('tells the model, and how much it reads', async () => {
    const { html } = await home({ DEVELOPMENT_MODE: 'false', MODEL_NAME: 'my-model' });
    expect(html).toContain('my-model');
    expect(html).toContain(`reads ${modelConfig.maxPositions} tokens`);
  });
});

it.each(['/', '/playground'])(
  '%s of a server that nobody may use without a key runs nothing that needs one',
  async (path) => {
    const page = await (
      await testApp({ settings: { DEVELOPMENT_MODE: 'false' } }).request('GET', path)
    ).text();
    expect(page).not.toMatch(/playground-[\w-]+\.js|widget-[\w-]+\.js/);
  },
);
