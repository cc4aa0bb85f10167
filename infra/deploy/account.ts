import * as z from 'zod';
import { UserError } from '../user-error.ts';
import { CloudflareApi } from './cloudflare-api.ts';
import { runWrangler } from './wrangler.ts';

const API = 'https://api.cloudflare.com/client/v4';

/** Whose account it is, and how it is asked. */
export interface Account {
  id: string;
  api: CloudflareApi;
}

const accountSchema = z.looseObject({ id: z.string(), name: z.string() });
const tokenSchema = z.object({ type: z.string(), token: z.string() });

/**
 * The account that wrangler would use: its variables, or who is logged in.
 * @throws {UserError} where nobody is, or it is not clear which account is meant
 */
export async function findAccount(environment: NodeJS.ProcessEnv, configured?: string): Promise<Account> {
  const token = environment['CLOUDFLARE_API_TOKEN'] || (await wranglerToken(environment));
  const api = new CloudflareApi({ base: environment['CLOUDFLARE_API_BASE_URL'] || API, token });
  const named = environment['CLOUDFLARE_ACCOUNT_ID'] || configured;
  if (named !== undefined) return { id: named, api };
  const accounts = await api.list(accountSchema, '/accounts');
  if (accounts.length === 1) return { id: accounts[0]!.id, api };
  const names = accounts.map(({ id, name }) => `${id} (${name})`).join(', ');
  throw new UserError(
    accounts.length === 0
      ? 'the token opens no account: make one at dash.cloudflare.com/profile/api-tokens, "Edit Cloudflare Workers".'
      : `there are several accounts: name one in the variable CLOUDFLARE_ACCOUNT_ID: ${names}.`,
  );
}

/** That of whoever has logged in with wrangler, which renews it. */
async function wranglerToken(environment: NodeJS.ProcessEnv): Promise<string> {
  const answer = await runWrangler(['auth', 'token', '--json'], environment).catch(() => undefined);
  const found = answer && tokenSchema.safeParse(JSON.parse(answer.stdout));
  if (found?.success) return found.data.token;
  throw new UserError(
    'nobody is logged in to Cloudflare: run "npx wrangler login", or give a token in the variable CLOUDFLARE_API_TOKEN.',
  );
}
