import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Command } from 'commander';
import { EDGE_URL_HELP, EdgeClient, edgeAddress, isThisMachine } from '../edge-client.ts';
import { TANDEM_HOME } from '../paths.ts';
import { UserError } from '../user-error.ts';
import { type JsonOption, withJson } from './json-option.ts';

export interface EdgeOptions extends JsonOption {
  url?: string;
}

/** Adds the options that every command of the admin API has; `result` is what it answers with `--json`. */
export function withEdgeOptions(command: Command, result: string): Command {
  return withJson(command.option('--url <url>', EDGE_URL_HELP), result);
}

/** @throws {UserError} where there is no admin token */
export async function adminClient(url: string | undefined): Promise<EdgeClient> {
  const edge = edgeAddress(url);
  return new EdgeClient(edge, await adminToken(edge));
}

/** @throws {UserError} where there is none */
export async function adminToken(edge: URL): Promise<string> {
  const token = await knownAdminToken(edge);
  if (token !== undefined) return token;
  throw new UserError(
    isThisMachine(edge)
      ? 'there is no admin token: start an edge with "npm start", or give its token in the variable ADMIN_TOKEN.'
      : `give the admin token of ${edge.origin} in the variable ADMIN_TOKEN.`,
  );
}

/** The variable's, or that of the edge that `tandem up` runs here; undefined where neither is there. */
export async function knownAdminToken(edge: URL): Promise<string | undefined> {
  return process.env['ADMIN_TOKEN'] || (isThisMachine(edge) ? localVariable('ADMIN_TOKEN') : undefined);
}

/** What `tandem up` gave to the edge that it started last. */
export async function localVariable(name: string): Promise<string | undefined> {
  const variables = await readFile(join(TANDEM_HOME, 'edge.env'), 'utf8').catch(() => '');
  return parseEnv(variables)[name];
}
