type Attributes = Record<string, string | boolean | ((event: never) => void)>;

/**
 * Makes an element: attributes (false leaves one out), listeners (`onclick`), children. Texts become text nodes: nothing is
 * ever parsed as HTML.
 */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else setAttribute(element, name, value);
  }
  element.append(...children);
  return element;
}

export function setAttribute(element: Element, name: string, value: string | boolean): void {
  if (value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : value);
}

/** A button that shows an icon and says a label. */
export function iconButton(
  part: string,
  { icon, label, onclick }: { icon: IconName; label: string; onclick: () => void },
): HTMLButtonElement {
  const button = el('button', { part: `button ${part}`, type: 'button', class: 'icon', onclick }, svg(icon));
  nameButton(button, label);
  return button;
}

export function nameButton(button: HTMLElement, label: string): void {
  button.setAttribute('aria-label', label);
  button.title = label;
}

// Drawn on 24 × 24, by lines; the mark and what fills a disc, by areas.
const ICONS = {
  mark: 'M8.5 3a6.8 6.8 0 0 0-5.8 10.4L1.6 17.4l4-1A6.8 6.8 0 1 0 8.5 3zM17.2 8.400A8.3 8.3 0 0 1 9.9 18a6.8 6.8 0 0 0 8.8 3.500l4.1 1-1.1-3.900a6.8 6.8 0 0 0-4.5-10.200z',
  down: 'm6 9 6 6 6-6',
  close: 'M6 6l12 12M18 6 6 18',
  expand: 'M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7',
  shrink: 'M20 10h-6V4M14 10l7-7M4 14h6v6M10 14l-7 7',
  reset:
    'M12 5H6a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-6M18.4 3.600a1.9 1.9 0 0 1 2.7 2.700L13 14.5 9.5 15.2 10.2 11.700z',
  send: 'M12 19V5M5.5 11.5 12 5l6.5 6.5',
  stop: 'M8 8h8v8H8z',
  copy: 'M9 9h10v10a1 1 0 0 1-1 1H10a1 1 0 0 1-1-1zM15 9V5a1 1 0 0 0-1-1H5a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h4',
  done: 'm5 12.5 4.5 4.500L19 7.5',
} as const;

export type IconName = keyof typeof ICONS;

const SVG = 'http://www.w3.org/2000/svg';
const drawn = new Map<IconName, SVGElement>();

/** Made once and copied: a long conversation has many. */
export function svg(name: IconName): SVGElement {
  let icon = drawn.get(name);
  if (icon === undefined) {
    icon = document.createElementNS(SVG, 'svg');
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', ICONS[name]);
    icon.append(path);
    icon.setAttribute('viewBox', '0 0 24 24');
    icon.dataset['icon'] = name;
    icon.setAttribute('aria-hidden', 'true');
    drawn.set(name, icon);
  }
  return icon.cloneNode(true) as SVGElement;
}
