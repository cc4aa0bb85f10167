import { describe, expect, it } from 'vitest';
import { checkDeployment } from '../../../infra/deploy/checks.ts';
import { readEnvironment } from '../../../infra/deploy/environment.ts';
import { makePlan } from '../../../infra/deploy/plan.ts';
import type { AccountState } from '../../../infra/deploy/worker-state.ts';

const SECRETS = ['ADMIN_TOKEN', 'METRICS_TOKEN', 'TURNSTILE_SECRET'];

/** What is said of names, where they are variables in wrangler.toml or at the edge. The backend of an example is not asked. */
async function problemsWith(inFile: object, atTheEdge: string[]) {
  const environment = await readEnvironment('production', inFile);
  const state: AccountState = {
    ...{ namespaces: new Map(), queues: new Set(), subdomain: 'example' },
    worker: {
      ...{ deployments: [], stable: 'old', migrationTag: undefined, secrets: new Set() },
      bindings: atTheEdge.map((name) => ({ name, type: 'plain_text', text: 'sesame' })),
    },
  };
  const findings = await checkDeployment({
    ...{ environment, state, secretValues: {}, modelDirectory: undefined, canAsk: true, canHandOver: true },
    plan: makePlan(environment, { state, secretValues: {}, address: undefined }),
  });
  expect(JSON.stringify(findings)).not.toContain('sesame');
  return findings.filter((one) => one.state === 'problem').map(({ about }) => about);
}

describe('a deployment', () => {
  it.each(SECRETS)('is refused where %s is a variable, in the file or at the edge', async (name) => {
    expect(await problemsWith({ [name]: 'sesame' }, [])).toContain(name);
    expect(await problemsWith({}, [name])).toContain(`secret ${name}`);
  });

  it('takes a publishable key as a variable', async () => {
    const about = await problemsWith({ CHAT_KEY: 'pk_tandem_1' }, ['CHAT_KEY']);
    expect(about.join()).not.toContain('CHAT_KEY');
  });
});
