interface Searched {
  operation: HTMLElement;
  entry: HTMLElement | null;
  text: string;
}

/** Leaves what holds every word of the search, in the page and in its navigation. "/" goes to the search. */
export function searchOperations(input: HTMLInputElement, told: HTMLElement): void {
  const all = [...document.querySelectorAll<HTMLElement>('.operation')].map((operation): Searched => {
    const link = document.querySelector(`a[data-operation="${operation.id}"]`);
    return {
      operation,
      entry: link?.closest('li') ?? null,
      // With its address, which screen and search have in common.
      text: `${operation.id} ${operation.querySelector('.stack')?.textContent}`.toLowerCase(),
    };
  });
  const groups = [...document.querySelectorAll<HTMLElement>('[data-group]')];

  function search(): void {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { operation, entry, text } of all) {
      const matches = words.every((word) => text.includes(word));
      if (matches) found += 1;
      operation.hidden = !matches;
      if (entry !== null) entry.hidden = !matches;
      openMatches(operation, words);
    }
    for (const group of groups) {
      const members = group.querySelectorAll<HTMLElement>('.operation, li');
      group.hidden = members.length > 0 && [...members].every((member) => member.hidden);
    }
    told.textContent =
      words.length === 0
        ? ''
        : found === 1
          ? '1 operation'
          : found === 0
            ? 'Nothing found'
            : `${found} operations`;
  }

  input.addEventListener('input', search);
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
  });
  search();
}

/** What was found in folded fields is to be seen. */
function openMatches(operation: HTMLElement, words: string[]): void {
  if (operation.hidden || words.length === 0) return;
  for (const details of operation.querySelectorAll('details')) {
    const text = details.textContent.toLowerCase();
    if (words.some((word) => word.length > 2 && text.includes(word))) details.open = true;
  }
}
