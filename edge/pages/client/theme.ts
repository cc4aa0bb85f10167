// Light, dark, or what the system says. It is loaded before the page is painted, so it stays small.

type Theme = 'auto' | 'light' | 'dark';

const KEY = 'tandem.theme';
const NEXT: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' };
const NAMES: Record<Theme, string> = {
  auto: 'Theme: as the system. Change to light.',
  light: 'Theme: light. Change to dark.',
  dark: 'Theme: dark. Change to the system’s.',
};

let theme = readTheme();

// A browser may refuse its storage, by throwing. The choice then lasts as long as the page.
function readTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'auto';
  } catch {
    return 'auto';
  }
}

function storeTheme(): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {}
}

function applyTheme(): void {
  document.documentElement.dataset['theme'] = theme;
}

function nameSwitch(button: HTMLElement): void {
  button.title = NAMES[theme];
  button.setAttribute('aria-label', NAMES[theme]);
}

applyTheme();

document.addEventListener('DOMContentLoaded', () => {
  const button = document.querySelector<HTMLButtonElement>('.theme-switch');
  if (button === null) return;
  nameSwitch(button);
  button.hidden = false;
  button.addEventListener('click', () => {
    theme = NEXT[theme];
    storeTheme();
    applyTheme();
    nameSwitch(button);
  });
});
