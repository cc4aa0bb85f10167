import { Command } from 'commander';
import { findAccount } from '../../deploy/account.ts';
import { type EnvironmentName, readEnvironment } from '../../deploy/environment.ts';
import { readWorker, versionsInFull } from '../../deploy/worker-state.ts';
import { runWrangler } from '../../deploy/wrangler.ts';
import { confirm } from '../../terminal/ask.ts';
import { note, printJson } from '../../terminal/output.ts';
import { UserError } from '../../user-error.ts';
import { type JsonOption, withJson } from '../json-option.ts';
import { describeTraffic, environmentOption } from './words.ts';

export function rollbackCommand(): Command {
  const command = new Command('rollback')
    .description('give all requests to the version from before')
    .addOption(environmentOption())
    .option('--yes', 'do not ask', false);
  return withJson(command, 'the "version_id" that answers now, and how requests were shared; needs --yes')
    .addHelpText(
      'after',
      `
While a deployment is under way that is the version that it began from; otherwise the last one that had all requests before. Stores and
secrets stay as they are, and Cloudflare refuses to go back behind a migration of Durable Objects.

Examples:
  tandem deploy rollback
  tandem deploy rollback --env production --yes`,
    )
    .action(rollback);
}

interface RollbackOptions extends JsonOption {
  env: EnvironmentName;
  yes: boolean;
}

async function rollback(_own: RollbackOptions, command: Command): Promise<void> {
  // Those that "deploy" has, too, are taken by it.
  const { env, yes, json } = command.optsWithGlobals<RollbackOptions>();
  const environment = await readEnvironment(env, {});
  const account = await findAccount(process.env, environment.account_id);
  const worker = await readWorker(account, environment.name);
  if (worker === null) throw new UserError(`${environment.name} was never deployed.`);
  const { traffic } = worker.deployments[0]!;
  const [last, before] = versionsInFull(worker.deployments);
  const target = traffic.length > 1 ? last : before;
  if (target === undefined) throw new UserError('there is no version from before.');
  note(`Now: ${describeTraffic(traffic)}. Then: version ${target} (100 %).`);
  if (!yes && !(await confirm(`Roll ${env} back?`))) return;
  const args = ['versions', 'deploy', `${target}@100%`, '--env', env, '--yes'];
  await runWrangler(args, { ...process.env, CLOUDFLARE_ACCOUNT_ID: account.id });
  note(`Version ${target} answers all requests.`);
  if (json) printJson({ version_id: target, traffic_before: traffic });
}
