const REFRESH_MS = 5_000;

/**
 * Brings the parts of the page that are `data-live` up to date while the page is seen, until the button is pressed:
 * the server draws them, here they are put in the place of the older ones.
 */
export function keepLive(button: HTMLButtonElement, onNew: (part: ParentNode) => void): void {
  let isOn = true;
  let timer = 0;

  function plan() {
    clearTimeout(timer);
    if (isOn && document.visibilityState === 'visible') timer = window.setTimeout(refresh, REFRESH_MS);
  }

  async function refresh() {
    try {
      // Without what has just been done: a notice is not news again.
      const response = await fetch(location.pathname, { headers: { accept: 'text/html' } });
      // The login is over, or was ended.
      if (response.redirected) return location.reload();
      if (response.ok) replaceParts(await response.text(), onNew);
    } catch {
      // Offline, or the server is away: the next time may do better.
    }
    plan();
  }

  button.hidden = false;
  button.addEventListener('click', () => {
    isOn = !isOn;
    button.setAttribute('aria-pressed', String(isOn));
    if (isOn) void refresh();
    else clearTimeout(timer);
  });
  document.addEventListener('visibilitychange', plan);
  plan();
}

function replaceParts(html: string, onNew: (part: ParentNode) => void): void {
  const page = new DOMParser().parseFromString(html, 'text/html');
  for (const old of document.querySelectorAll('[data-live]')) {
    const part = page.getElementById(old.id);
    // Nobody loses the button that they are about to press.
    if (part === null || old.contains(document.activeElement)) continue;
    onNew(part);
    old.replaceWith(document.adoptNode(part));
  }
}
