import { Option } from 'commander';
import { ENVIRONMENTS } from '../../deploy/environment.ts';
import type { Traffic } from '../../deploy/worker-state.ts';

export function environmentOption(): Option {
  return new Option('--env <environment>', 'the environment of wrangler.toml')
    .choices(ENVIRONMENTS)
    .default('staging');
}

export function describeTraffic(traffic: Traffic): string {
  const shares = traffic.map(({ version_id, percentage }) => `version ${version_id} (${percentage} %)`);
  return shares.join(', ') || 'nobody';
}
