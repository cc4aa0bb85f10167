import { Command } from 'commander';
import { printJson } from '../../terminal/output.ts';
import { UsageError } from '../../user-error.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { newKeySchema } from './key.ts';
import { type PolicyOptions, policyBody, withPolicyOptions } from './choices.ts';
import { showNewKey } from './show.ts';

export function createCommand(): Command {
  const command = new Command('create')
    .description('make a secret key, or with --publishable one for web pages')
    .option('--publishable', 'for browsers: needs --origin', false);
  return withEdgeOptions(withPolicyOptions(command), 'the key with its text, "key"')
    .addHelpText(
      'after',
      `
The key is all that is written to standard output. A secret key has no quotas but those that are named; a publishable one has
10000/day requests and 300/hour session requests where nothing else is said.
Examples:
  tandem keys create --name shop --requests 10000/day > shop.key
  tandem keys create --publishable --origin https://shop.example --session-requests 60/hour`,
    )
    .action(create);
}

async function create(options: EdgeOptions & PolicyOptions & { publishable: boolean }): Promise<void> {
  if (options.publishable && options.origin === undefined)
    throw new UsageError(
      'name the pages that the key is for: --origin https://shop.example, once for each origin.',
    );
  const admin = await adminClient(options.url);
  const kind = options.publishable ? 'publishable' : 'secret';
  const made = await admin.call(newKeySchema, {
    path: 'admin/v1/keys',
    body: { kind, ...policyBody(options) },
  });
  if (options.json) printJson(made);
  else showNewKey(made);
}
