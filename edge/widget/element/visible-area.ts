/**
 * Tells an element how much of the window a keyboard leaves (`--visible`, `--top`): phones lay it over the page and keep the
 * window's size. Returns what ends that.
 */
export function followVisibleArea(element: HTMLElement): () => void {
  const area = window.visualViewport;
  if (!area) return () => {};
  const tell = () => {
    // Who has zoomed in wants to see a part of it, not a smaller panel.
    const isZoomed = area.scale > 1.01;
    element.style.setProperty('--visible', isZoomed ? '' : `${area.height}px`);
    element.style.setProperty('--top', isZoomed ? '' : `${area.offsetTop}px`);
  };
  tell();
  area.addEventListener('resize', tell);
  area.addEventListener('scroll', tell);
  return () => {
    area.removeEventListener('resize', tell);
    area.removeEventListener('scroll', tell);
  };
}
