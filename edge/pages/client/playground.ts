import { callerWith } from './dom/caller.ts';
import { find, make } from './dom/elements.ts';
import { ask, pack } from './playground/answer.ts';
import { PRESETS, type Preset } from './playground/presets.ts';
import { fieldsOf, messagesOf } from './playground/request.ts';
import { type SettingCard, settingCard } from './playground/setting-card.ts';
import { showTokens } from './playground/show-tokens.ts';
import {
  decodeState,
  encodeState,
  MAX_SETTINGS,
  type PlaygroundState,
  type Setting,
} from './playground/state.ts';

const LETTERS = ['A', 'B', 'C', 'D'];
const QUIET_MS = 400;

const form = find<HTMLFormElement>('#playground');
const inputs = {
  persona: find<HTMLTextAreaElement>('#persona'),
  history: find<HTMLTextAreaElement>('#history'),
  message: find<HTMLTextAreaElement>('#message'),
};
const status = find('#status');
const tokens = find('#tokens');
const settings = find('#settings');
const add = find<HTMLButtonElement>('#add');
const run = find<HTMLButtonElement>('#run');
const defaults = JSON.parse(form.dataset['defaults'] ?? '{}');
const caller = callerWith(() => form.dataset['key'] ?? '');

let cards: SettingCard[] = [];
let running: AbortController | null = null;

function state(): PlaygroundState {
  const { persona, history, message } = inputs;
  return {
    persona: persona.value,
    history: history.value,
    message: message.value,
    settings: cards.map(({ setting }) => setting),
  };
}

function show(shown: PlaygroundState): void {
  inputs.persona.value = shown.persona;
  inputs.history.value = shown.history;
  inputs.message.value = shown.message;
  showSettings(shown.settings);
  told();
}

function showSettings(shown: Setting[]): void {
  cards = shown.map((setting, place) =>
    settingCard({
      letter: LETTERS[place]!,
      setting,
      defaults,
      removable: shown.length > 1,
      onChange: told,
      onRemove: () => {
        showSettings(cards.filter((_, other) => other !== place).map((card) => card.setting));
        told();
        add.focus();
      },
    }),
  );
  settings.replaceChildren(...cards.map(({ element }) => element));
  add.disabled = cards.length >= MAX_SETTINGS;
}

/** The address follows what is set, so that it can be shared at any time. */
function told(): void {
  history.replaceState(null, '', `#${encodeState(state())}`);
  clearTimeout(later);
  later = setTimeout(readTokens, QUIET_MS);
}
let later: ReturnType<typeof setTimeout> | undefined;
let reading: AbortController | null = null;

/** What the model would read of what stands there now. */
async function readTokens(): Promise<readonly string[]> {
  reading?.abort();
  reading = new AbortController();
  if (inputs.message.value.trim() === '') {
    tokens.replaceChildren(make('p', { className: 'muted small' }, 'Say something first.'));
    return [];
  }
  try {
    const packed = await pack(caller, messagesOf(state()), reading.signal);
    tokens.replaceChildren(...showTokens(packed));
    return packed.texts;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) {
      tokens.replaceChildren(make('p', { className: 'callout problem' }, (error as Error).message));
    }
    return [];
  }
}

async function runAll(): Promise<void> {
  if (inputs.message.value.trim() === '') {
    inputs.message.focus();
    status.textContent = 'Say something first.';
    return;
  }
  running?.abort();
  const own = new AbortController();
  running = own;
  run.disabled = true;
  status.textContent = 'Asking …';
  for (const card of cards) card.waiting();
  clearTimeout(later);
  const messages = messagesOf(state());
  const said = await readTokens();
  const results = await Promise.all(cards.map((card) => runOne(card)));
  if (own.signal.aborted) return;
  run.disabled = false;
  const answered = results.filter(Boolean).length;
  status.textContent =
    answered === cards.length ? 'All have answered.' : `${answered} of ${cards.length} have answered.`;

  async function runOne(card: SettingCard): Promise<boolean> {
    try {
      const answer = await ask(caller, { messages, fields: fieldsOf(card.setting), signal: own.signal });
      card.answered({ answer, said });
      return true;
    } catch (error) {
      // Another question has been asked meanwhile, and its answer is awaited in this place.
      if (!own.signal.aborted) card.failed((error as Error).message);
      return false;
    }
  }
}

function presetButton({ name, meaning, state: preset }: Preset): HTMLElement {
  const button = make(
    'button',
    { type: 'button', className: 'preset' },
    make('strong', {}, name),
    make('span', {}, meaning),
  );
  button.addEventListener('click', () => {
    show(preset);
    runAll();
  });
  return button;
}

for (const input of Object.values(inputs)) input.addEventListener('input', told);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  runAll();
});
form.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) runAll();
});
add.addEventListener('click', () => {
  showSettings([...cards.map((card) => card.setting), cards.at(-1)!.setting]);
  told();
  cards.at(-1)?.element.querySelector('select')?.focus();
});
find('#share').addEventListener('click', async () => {
  status.textContent = await navigator.clipboard.writeText(location.href).then(
    () => 'The link is copied.',
    () => 'The address of this page is the link.',
  );
});
window.addEventListener('hashchange', () => {
  const shared = decodeState(location.hash.slice(1));
  if (shared !== null) show(shared);
});

find('#presets').replaceChildren(...PRESETS.map(presetButton));
show(decodeState(location.hash.slice(1)) ?? PRESETS[0]!.state);
form.hidden = false;
