import { callerWith } from './dom/caller.ts';
import { find } from './dom/elements.ts';
import { searchOperations } from './docs/search.ts';
import { offerTry } from './docs/try-it.ts';

const tools = find<HTMLFormElement>('#docs-tools');
const key = find<HTMLInputElement>('#key');
const caller = callerWith(() => key.value.trim());

tools.hidden = false;
tools.addEventListener('submit', (event) => event.preventDefault());
searchOperations(find('#search'), find('#found'));
for (const operation of document.querySelectorAll<HTMLElement>('.operation')) offerTry(operation, caller);
