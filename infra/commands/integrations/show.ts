import { Command } from 'commander';
import { plainLine } from '../../terminal/plain-text.ts';
import { printJson } from '../../terminal/output.ts';
import { adminClient, type EdgeOptions, withEdgeOptions } from '../admin-client.ts';
import { dayOf } from '../../terminal/times.ts';
import { integrationPath, integrationSchema } from './admin.ts';
import { describeIntegration, describeSteps } from './describe.ts';

export function showCommand(): Command {
  const command = new Command('show')
    .description('show one integration: its address, its settings, what is done at the channel')
    .argument('<id>', 'an integration of "tandem integrations list"');
  return withEdgeOptions(command, 'the integration')
    .addHelpText('after', '\nExample:\n  tandem integrations show int_0123456789ab')
    .action(show);
}

async function show(id: string, { url, json }: EdgeOptions): Promise<void> {
  const admin = await adminClient(url);
  const integration = await admin.call(integrationSchema, { method: 'GET', path: integrationPath(id) });
  if (json) {
    printJson(integration);
    return;
  }
  const { webhook_url, settings, secrets, persona } = integration;
  console.log(describeIntegration(integration));
  console.log(`Its address: ${webhook_url}`);
  for (const [name, value] of Object.entries(settings))
    console.log(`${name}: ${plainLine(typeof value === 'string' ? value : JSON.stringify(value))}`);
  for (const [name, { set_at }] of Object.entries(secrets))
    console.log(`${name}: a secret of ${dayOf(set_at)}`);
  for (const fact of persona) console.log(`persona: ${plainLine(fact)}`);
  const steps = describeSteps(integration, webhook_url, webhook_url);
  if (steps !== '') console.log(`At the channel:\n${steps}`);
}
