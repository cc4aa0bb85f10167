import { listFiles, modelInfo } from '@huggingface/hub';
import * as z from 'zod';
import { UserError } from '../user-error.ts';
import { withRetries } from './attempts.ts';
import type { FileHash } from './file-hash.ts';
import type { HubContext } from './hub-context.ts';
import { formatReference, isCommit, type ModelReference } from './model-reference.ts';
import { isPlainName } from './needed-files.ts';
import { explainNetworkError } from './refusal.ts';
import { requestHub } from './request.ts';

export interface RemoteFile {
  name: string;
  bytes: number;
  hash: FileHash;
}

export interface RemoteRevision {
  commit: string;
  /** The files at the top of the repository, by name. */
  files: ReadonlyMap<string, RemoteFile>;
}

/**
 * The commit that a revision stands for at present, and its files.
 * @throws {UserError} saying what to do where the hub does not show them, or what it lists cannot be
 */
export async function readRevision(reference: ModelReference, context: HubContext): Promise<RemoteRevision> {
  try {
    return await askHub(reference, context);
  } catch (error) {
    // The library takes every answer for a hub's: what is none ends in a property of nothing.
    if (error instanceof TypeError) throw notAHub(context.settings.endpoint);
    throw error;
  }
}

function notAHub(address: string): UserError {
  return new UserError(`${address} does not answer as a hub does: look at HF_ENDPOINT.`);
}

async function askHub(reference: ModelReference, context: HubContext): Promise<RemoteRevision> {
  const { id, revision = 'main' } = reference;
  const connection = { hubUrl: context.settings.endpoint, fetch: metadataFetch(reference, context) };
  const { sha } = await modelInfo({ ...connection, name: id, revision, additionalFields: ['sha'] });
  if (!isCommit(sha)) throw notAHub(context.settings.endpoint);
  const files = new Map<string, RemoteFile>();
  for await (const entry of listFiles({ ...connection, repo: id, revision: sha })) {
    const file = readEntry(entry, reference);
    if (file !== undefined) files.set(file.name, file);
    if (files.size > MOST_FILES)
      throw new UserError(`${formatReference(reference)} has more than ${MOST_FILES} files: refused.`);
  }
  return { commit: sha, files };
}

const MOST_FILES = 10_000;
// A page holds a thousand files.
const MOST_REQUESTS = 50;

const entrySchema = z.object({
  path: z.string(),
  size: z.int().min(0),
  oid: z.string().regex(/^[0-9a-f]{40}$/),
  lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().min(0) }).optional(),
});

/** A file of the tree; `undefined` for a folder. Names, sizes and hashes become paths and limits: none is taken on trust. */
function readEntry(
  entry: { type: string; path: unknown },
  reference: ModelReference,
): RemoteFile | undefined {
  if (entry.type !== 'file') return undefined;
  const parsed = entrySchema.safeParse(entry);
  const name = JSON.stringify(entry.path);
  if (!parsed.success) {
    const field = parsed.error.issues[0]!.path.join('.');
    throw new UserError(
      `${formatReference(reference)} lists the file ${name} with an impossible ${field}: refused.`,
    );
  }
  const { path, size, oid, lfs } = parsed.data;
  if (!isPlainName(path)) {
    throw new UserError(
      `${formatReference(reference)} lists a file named ${name}, which would leave its folder: refused.`,
    );
  }
  return lfs === undefined
    ? { name: path, bytes: size, hash: { algorithm: 'git-sha1', digest: oid } }
    : { name: path, bytes: lfs.size, hash: { algorithm: 'sha256', digest: lfs.oid } };
}

/** fetch for the library's small requests: with the token and retries, and each body whole before it is handed on. */
function metadataFetch(reference: ModelReference, context: HubContext): typeof fetch {
  const { endpoint } = context.settings;
  let requests = 0;
  return async (address) => {
    const url = String(address);
    requests += 1;
    if (requests > MOST_REQUESTS)
      throw new UserError(`${formatReference(reference)} has a list of files without end: refused.`);
    // A page of a list names the next one by its address.
    if (new URL(url).origin !== new URL(endpoint).origin)
      throw new UserError(`${endpoint} wants its list of files read on at ${new URL(url).origin}: refused.`);
    return withRetries(context, async () => {
      const { response, heard, close } = await requestHub(url, reference, { context });
      try {
        return new Response(await readBody(response, heard), { headers: response.headers });
      } catch (error) {
        context.signal.throwIfAborted();
        throw error instanceof UserError ? error : explainNetworkError(error, context.settings);
      } finally {
        close();
      }
    });
  };
}

const LARGEST_METADATA_BYTES = 32 * 2 ** 20;

async function readBody(response: Response, heard: () => void): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    heard();
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LARGEST_METADATA_BYTES)
      throw new UserError(`${new URL(response.url).host} answers without end: refused.`);
  }
  if (!isJson(text)) throw notAHub(response.url);
  return text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
