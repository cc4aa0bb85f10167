import type { Icon } from './icons.ts';

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
  { icon, label, onclick }: { icon: Icon; label: string; onclick: () => void },
): HTMLButtonElement {
  const button = el('button', { part: `button ${part}`, type: 'button', class: 'icon', onclick }, svg(icon));
  nameButton(button, label);
  return button;
}

export function nameButton(button: HTMLElement, label: string): void {
  button.setAttribute('aria-label', label);
  button.title = label;
}

const SVG = 'http://www.w3.org/2000/svg';
const drawn = new Map<Icon, SVGElement>();

/** Made once and copied: a long conversation has many. */
export function svg(icon: Icon): SVGElement {
  let drawing = drawn.get(icon);
  if (drawing === undefined) {
    drawing = document.createElementNS(SVG, 'svg');
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', icon.path);
    drawing.append(path);
    drawing.setAttribute('viewBox', '0 0 24 24');
    drawing.dataset['icon'] = icon.name;
    drawing.setAttribute('aria-hidden', 'true');
    drawn.set(icon, drawing);
  }
  return drawing.cloneNode(true) as SVGElement;
}
