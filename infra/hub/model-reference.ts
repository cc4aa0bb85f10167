/** A model on the hub, and which of its revisions: a branch, a tag, or a commit of 40 digits. */
export interface ModelReference {
  /** "org/name", or "name" for the few without an organization. */
  id: string;
  /** The hub's default branch if left out. */
  revision: string | undefined;
}

const LONGEST_ID = 96;
const LONGEST_REVISION = 200;

/** Reads "org/name" or "org/name@revision"; `undefined` for what cannot be a model's id on the hub. */
export function parseModelReference(text: string): ModelReference | undefined {
  const at = text.indexOf('@');
  const id = at === -1 ? text : text.slice(0, at);
  const revision = at === -1 ? undefined : text.slice(at + 1);
  if (!isModelId(id) || (revision !== undefined && !isRevision(revision))) return undefined;
  return { id, revision };
}

/** The hub's own rules. They keep an id within the cache, too, where it becomes part of a folder's name. */
function isModelId(text: string): boolean {
  if (text.length > LONGEST_ID || text.includes('--') || text.includes('..') || text.endsWith('.git'))
    return false;
  const part = String.raw`[A-Za-z0-9_](?:[\w.-]*[A-Za-z0-9_])?`;
  return new RegExp(`^(?:${part}/)?${part}$`).test(text);
}

/** What git allows as a branch or tag, without its rarer characters; "refs/pr/1" is one. It becomes a path below refs/. */
export function isRevision(text: string): boolean {
  if (text.length > LONGEST_REVISION || text.includes('..')) return false;
  return text.split('/').every((part) => /^[\w+-][\w.+-]*$/.test(part));
}

/** A commit is a revision that never moves. */
export function isCommit(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{40}$/.test(text);
}

/** As a person writes it. */
export function formatReference({ id, revision }: ModelReference): string {
  return revision === undefined ? id : `${id}@${revision}`;
}
