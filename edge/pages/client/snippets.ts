// On every page: buttons that copy code, and tabs for the same in several languages.
import { addCopyButtons } from './snippets/copy.ts';
import { makeTabs } from './snippets/tabs.ts';

addCopyButtons();
makeTabs();
