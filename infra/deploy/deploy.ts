import { setTimeout as pause } from 'node:timers/promises';
import type { Finding } from '../doctor/finding.ts';
import { type Account, findAccount } from './account.ts';
import { type Bundle, bundleWorker, writeDeployConfig } from './bundle.ts';
import { checkDeployment } from './checks.ts';
import { type Environment, type EnvironmentName, readEnvironment } from './environment.ts';
import type { EdgeUnderWatch } from './health.ts';
import { gatherSecrets, type NewSecrets, uploadAndShow } from './new-secrets.ts';
import { makePlan, type Plan } from './plan.ts';
import { releaseName } from './release.ts';
import { makeResources } from './resources.ts';
import { type Outcome, rollOut } from './roll-out.ts';
import { readSecretsFile } from './secrets-file.ts';
import { Uploader } from './uploader.ts';
import { type Verdict, watch } from './watch.ts';
import {
  type AccountState,
  type DeployedWorker,
  readAccountState,
  readWorker,
  type Traffic,
} from './worker-state.ts';
import { type RunWrangler, runWrangler } from './wrangler.ts';

export interface DeploymentOptions {
  environment: EnvironmentName;
  /** For what goes up; of Tandem's own, and emptied. */
  folder: string;
  /** A compiled model; wrangler.toml's if undefined. */
  model: { directory: string; name: string } | undefined;
  /** In the place of wrangler.toml's. */
  backendUrl: string | undefined;
  address: string | undefined;
  /** Where secrets are read from, and written to where they are made here. */
  secretsFile: string | undefined;
  watchMs: number;
}

/** Who watches a deployment, and may stop it. */
export interface Company {
  /** Told each step when it is done. */
  tell: (line: string) => void;
  /** For a secret; undefined where nobody is there. */
  ask: ((question: string) => Promise<string>) | undefined;
  /** Shows secrets once; undefined where others could read them. */
  showOnce: ((secrets: Record<string, string>) => void) | undefined;
  signal: AbortSignal;
}

/** What is known before anything is changed. */
export interface Prepared {
  environment: Environment;
  account: Account;
  state: AccountState;
  plan: Plan;
  release: string;
  findings: Finding[];
}

/** What both ways of a deployment work with. */
interface Work {
  uploader: Uploader;
  secrets: NewSecrets;
  /** For whoever looks at the list of versions. */
  message: string;
  edge: EdgeUnderWatch;
  /** The worker by what Cloudflare says now. */
  readDeployed: () => Promise<DeployedWorker | null>;
}

/** For a version that is deployed beside another: how long it may take until the last location knows. */
const SPREAD_MS = 20_000;
/** For an address that did not exist before: its name and certificate. */
const NEW_ADDRESS_MS = 120_000;
/** Without requests of people there is little to wait for. */
const TRIAL_MS = 10_000;

/** A deployment of one environment: looked at, bundled, done. */
export class Deployment {
  /** How requests are shared; what an interrupted deployment leaves behind. */
  traffic: Traffic = [];
  versionId: string | undefined;
  readonly #options: DeploymentOptions;
  readonly #company: Company;
  readonly #variables: NodeJS.ProcessEnv;
  readonly #folder: string;

  constructor(options: DeploymentOptions, company: Company, variables: NodeJS.ProcessEnv) {
    this.#options = options;
    this.#company = company;
    this.#variables = variables;
    this.#folder = options.folder;
  }

  /** Looks at everything and changes nothing. @throws {UserError} */
  async prepare(): Promise<Prepared> {
    const { model, backendUrl, address, secretsFile } = this.#options;
    const secretValues = await this.#secretValues(secretsFile);
    const environment = await readEnvironment(this.#options.environment, {
      ...(model && { MODEL_NAME: model.name }),
      ...(backendUrl !== undefined && { BACKEND_URL: backendUrl }),
    });
    if (backendUrl !== undefined) delete environment.vars['BACKENDS'];
    const account = await findAccount(this.#variables, environment.account_id);
    const [state, release] = await Promise.all([readAccountState(account, environment.name), releaseName()]);
    this.traffic = state.worker?.deployments[0]?.traffic ?? [];
    const plan = makePlan(environment, { state, secretValues, address });
    const findings = await checkDeployment({
      environment,
      state,
      plan,
      secretValues,
      canAsk: this.#company.ask !== undefined,
      modelDirectory: model?.directory,
      canHandOver: secretsFile !== undefined || this.#company.showOnce !== undefined,
    });
    this.#company.signal.throwIfAborted();
    return { environment, account, state, plan, release, findings };
  }

  /** The worker as it would go up. @throws {UserError} where it cannot be bundled */
  bundle({ environment, account }: Prepared): Promise<Bundle> {
    return bundleWorker(environment, {
      folder: this.#folder,
      modelDirectory: this.#options.model?.directory,
      wrangler: this.#wranglerOf(account),
    });
  }

  /** @throws {UserError} where a step fails before the new version answers anybody @throws what interrupts it */
  async run({ environment, account, plan, release }: Prepared, bundle: Bundle): Promise<Outcome> {
    const { tell, signal } = this.#company;
    const wrangler = this.#wranglerOf(account);
    const file = this.#options.secretsFile;
    const secrets = await gatherSecrets(plan, { file, company: this.#company });
    await makeResources(plan, { wrangler, tell });
    signal.throwIfAborted();
    const { namespaces } = await readAccountState(account, environment.name);
    const config = await writeDeployConfig(environment, { folder: this.#folder, bundle, namespaces });
    const uploader = new Uploader({ config, folder: this.#folder, wrangler });
    const adminToken = secrets.values['ADMIN_TOKEN'] ?? (await this.#secretValues(file))['ADMIN_TOKEN'];
    const edge = { address: plan.address!, worker: plan.worker, adminToken };
    const readDeployed = () => readWorker(account, environment.name);
    const work = { uploader, secrets, message: release, edge, readDeployed };
    return plan.way.kind === 'gradual'
      ? this.#deployGradually(plan.way.stable, work)
      : this.#deployAtOnce(plan.way.because, work);
  }

  async #deployAtOnce(because: 'first' | 'migrations', work: Work): Promise<Outcome> {
    const { edge } = work;
    try {
      this.versionId = await this.#upload('deployAtOnce', work);
    } catch (error) {
      const [before] = this.traffic;
      this.traffic = await readTraffic(work).catch(() => {
        throw error;
      });
      const [now] = this.traffic;
      if (now === undefined || now.version_id === before?.version_id) throw error;
      this.versionId = now.version_id;
      // Its address and the queue's consumer are set once it answers, and that has failed.
      const why = `version ${this.versionId} answers all requests, but not all is set: ${(error as Error).message}`;
      return { kind: 'stuck', why };
    }
    this.traffic = [{ version_id: this.versionId, percentage: 100 }];
    this.#company.tell(`Version ${this.versionId} is deployed and answers all requests at ${edge.address}.`);
    const verdict = await this.#watch(edge, 100, because === 'first' ? NEW_ADDRESS_MS : SPREAD_MS);
    return verdict.kind === 'well' ? { kind: 'deployed' } : { kind: 'stuck', why: verdict.why };
  }

  async #deployGradually(stable: string, work: Work): Promise<Outcome> {
    const { uploader, edge } = work;
    const { tell } = this.#company;
    this.versionId = await this.#upload('uploadVersion', work);
    tell(`Version ${this.versionId} is uploaded.`);
    this.#company.signal.throwIfAborted();
    const outcome = await rollOut(
      { stable, next: this.versionId },
      {
        setTraffic: async (traffic) => {
          await uploader.setTraffic(traffic);
          this.traffic = traffic;
        },
        watch: (percentage) => this.#watch(edge, percentage, SPREAD_MS),
        tell,
      },
    );
    // A call that failed may have been carried out all the same.
    if (outcome.kind === 'stuck') this.traffic = await readTraffic(work).catch(() => this.traffic);
    if (outcome.kind !== 'deployed') return outcome;
    const failure = await uploader.deployTriggers().catch((error: Error) => error);
    if (failure !== undefined)
      return { kind: 'stuck', why: `its routes and queue are not as wrangler.toml says: ${failure.message}` };
    tell('Its address, routes and queue are as wrangler.toml says.');
    return outcome;
  }

  #upload(
    way: 'uploadVersion' | 'deployAtOnce',
    { uploader, secrets, message, readDeployed }: Work,
  ): Promise<string> {
    return uploadAndShow(secrets, {
      upload: () => uploader[way]({ secrets: secrets.values, message }),
      readPresent: async () => (await readDeployed())?.secrets ?? new Set(),
      show: this.#company.showOnce,
    });
  }

  #watch(edge: EdgeUnderWatch, percentage: number, patienceMs: number): Promise<Verdict> {
    const { signal } = this.#company;
    const watchMs = percentage === 0 ? Math.min(TRIAL_MS, this.#options.watchMs) : this.#options.watchMs;
    const wait = async (ms: number) => {
      await pause(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    };
    return watch(edge, { versionId: this.versionId!, watchMs, patienceMs }, { now: Date.now, wait });
  }

  #wranglerOf({ id }: Account): RunWrangler {
    return (args) => runWrangler(args, { ...this.#variables, CLOUDFLARE_ACCOUNT_ID: id });
  }

  /** Variables go before the file. */
  async #secretValues(file: string | undefined): Promise<Record<string, string | undefined>> {
    return { ...(file !== undefined && (await readSecretsFile(file))), ...this.#variables };
  }
}

async function readTraffic({ readDeployed }: Work): Promise<Traffic> {
  return (await readDeployed())?.deployments[0]?.traffic ?? [];
}
