import { make } from '../dom/elements.ts';

const KEY = 'tandem.language';

interface Tab {
  language: string;
  button: HTMLButtonElement;
  panel: HTMLElement;
}

const groups: Tab[][] = [];

/** Puts the snippets of each `.examples` behind tabs. A language that is chosen once is shown everywhere. */
export function makeTabs(within: ParentNode = document): void {
  for (const examples of within.querySelectorAll<HTMLElement>('.examples:not(:has(> .tabs))')) {
    groups.push(tabsOf(examples));
  }
  show(stored());
}

function tabsOf(examples: HTMLElement): Tab[] {
  const list = make('div', { className: 'tabs', role: 'tablist', ariaLabel: examples.dataset['name'] ?? '' });
  const tabs = [...examples.querySelectorAll<HTMLElement>(':scope > .snippet')].map((panel, place) => {
    const language = panel.dataset['name'] ?? '';
    const button = make('button', { type: 'button', role: 'tab' }, language);
    panel.id ||= `panel-${groups.length}-${place}`;
    panel.role = 'tabpanel';
    panel.ariaLabel = language;
    button.setAttribute('aria-controls', panel.id);
    button.addEventListener('click', () => choose(language, button));
    return { language, button, panel };
  });
  list.append(...tabs.map(({ button }) => button));
  list.addEventListener('keydown', (event) => moveWithin(tabs, event));
  examples.prepend(list);
  return tabs;
}

/** As the pattern for tabs has it: arrows move and choose, and wrap around. */
function moveWithin(tabs: Tab[], event: KeyboardEvent): void {
  const at = tabs.findIndex(({ button }) => button === document.activeElement);
  const moves: Partial<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: -1,
  };
  const to = moves[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  const { language, button } = tabs.at(to % tabs.length)!;
  choose(language, button);
  button.focus();
}

function choose(language: string, button: HTMLElement): void {
  const before = button.getBoundingClientRect().top;
  show(language);
  // What was pressed stays where it is, however tall the others' panels above it have become.
  window.scrollBy({ top: button.getBoundingClientRect().top - before, behavior: 'instant' });
  try {
    localStorage.setItem(KEY, language);
  } catch {}
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function show(wanted: string | null): void {
  for (const tabs of groups) {
    const chosen =
      tabs.find(({ language }) => language === wanted) ?? tabs.find(({ panel }) => !panel.hidden);
    for (const tab of tabs) {
      const isChosen = tab === (chosen ?? tabs[0]);
      tab.panel.hidden = !isChosen;
      tab.button.setAttribute('aria-selected', String(isChosen));
      tab.button.tabIndex = isChosen ? 0 : -1;
    }
  }
}
