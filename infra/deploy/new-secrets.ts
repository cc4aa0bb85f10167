import { UserError } from '../user-error.ts';
import type { Company } from './deploy.ts';
import type { Plan } from './plan.ts';
import { makeSecret } from './secrets.ts';
import { addToSecretsFile } from './secrets-file.ts';

/** What a worker is given of the secrets that it lacks. */
export interface NewSecrets {
  /** By their names. */
  values: Record<string, string>;
  /** Those of them that were made here and are written nowhere. */
  unwritten: Record<string, string>;
}

/**
 * What was given, asked for or made. What is made goes into the file at once, if there is one: the next deployment finds it there,
 * whatever becomes of this one.
 * @throws {UserError} where nobody is there to be asked
 */
export async function gatherSecrets(
  { worker, secrets: { given, made, asked } }: Pick<Plan, 'worker' | 'secrets'>,
  { file, company: { ask, tell } }: { file: string | undefined; company: Company },
): Promise<NewSecrets> {
  const answers: Record<string, string> = {};
  for (const name of asked) {
    if (ask === undefined) throw new UserError(`nobody is there to be asked for ${name}.`);
    answers[name] = await ask(`${name} for ${worker} (the backend's token; Enter for none): `);
  }
  const fresh = Object.fromEntries(made.map((name) => [name, makeSecret()]));
  const values = { ...given, ...answers, ...fresh };
  if (made.length === 0 || file === undefined) return { values, unwritten: fresh };
  await addToSecretsFile(file, fresh);
  tell(`${made.join(', ')}: made, and written to ${file}.`);
  return { values, unwritten: {} };
}

interface Showing {
  upload: () => Promise<string>;
  /** Names of the secrets that the worker has now. */
  readPresent: () => Promise<ReadonlySet<string>>;
  show: Company['showOnce'];
}

/**
 * Uploads a version and shows the secrets that were made for it. Not before: where it fails, the next deployment makes others. Where it
 * fails although the worker has them, or cannot be asked, they are shown, too: nobody can read them back.
 * @returns the version's id @throws what the upload throws
 */
export async function uploadAndShow(
  { unwritten }: Pick<NewSecrets, 'unwritten'>,
  { upload, readPresent, show }: Showing,
): Promise<string> {
  const names = Object.keys(unwritten);
  if (names.length === 0) return upload();
  try {
    const version = await upload();
    show?.(unwritten);
    return version;
  } catch (error) {
    const mayBeThere = await readPresent().then(
      (present) => names.some((name) => present.has(name)),
      () => true,
    );
    if (mayBeThere) show?.(unwritten);
    throw error;
  }
}
