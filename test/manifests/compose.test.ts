import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PROJECT } from '../../infra/paths.ts';
import { exists } from '../bench/environment.ts';
import { findProgram } from './debian-program.ts';

const FILE = join(PROJECT, 'infra/compose.yaml');

// biome-ignore lint/suspicious/noExplicitAny: a configuration as Compose resolves it
type Resolved = any;

let compose: string;

beforeAll(async () => {
  compose = await findProgram({
    name: 'docker-compose',
    path: 'usr/libexec/docker/cli-plugins/docker-compose',
    // Compose's first version, in Python, has this name too.
    mayBeOwn: false,
  });
});

/** What Compose makes of the file: variables filled in, anchors and paths resolved. Needs no engine. */
async function resolved(profile: string, environment: Record<string, string> = {}): Promise<Resolved> {
  const { stdout } = await promisify(execFile)(
    compose,
    ['--file', FILE, '--profile', profile, 'config', '--format', 'json'],
    { env: { PATH: process.env['PATH'], TUNNEL_TOKEN: 'a-token-of-the-tests', ...environment } },
  );
  return JSON.parse(stdout);
}

const read = (path: string) => readFile(join(PROJECT, path), 'utf8');
const environmentOf = (dockerfile: string): Record<string, string> =>
  Object.fromEntries(
    [...dockerfile.matchAll(/\b([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name!, value!]),
  );

describe.each([
  ['cpu', 'backend-cpu'],
  ['gpu', 'backend-gpu'],
])('the profile %s', (profile, backend) => {
  it('is a backend, the tunnel to it, Prometheus and Grafana', async () => {
    const { services } = await resolved(profile);
    expect(Object.keys(services).toSorted()).toEqual([backend, 'grafana', 'prometheus', 'tunnel']);
    for (const { restart } of Object.values<Resolved>(services)) expect(restart).toBe('unless-stopped');
  });

  it('has an image that the Dockerfile makes, on the ports and in the folder that this has', async () => {
    const dockerfile = await read('infra/docker/Dockerfile');
    const { services } = await resolved(profile);
    const { image, environment, volumes, networks } = services[backend];
    const [name, target] = image.split(':');
    expect(name).toBe('tandem-backend');
    expect(dockerfile).toMatch(new RegExp(`^FROM \\S+ AS ${target}$`, 'm'));
    expect(volumes).toMatchObject([{ type: 'bind', target: environment.MODEL_DIR, read_only: true }]);
    expect(dockerfile).toContain(`VOLUME ${environment.MODEL_DIR}\n`);

    const { HOST, BACKEND_PORT } = environmentOf(dockerfile);
    expect([HOST, environment.BACKEND_PORT]).toEqual(['0.0.0.0', undefined]);
    const [alias] = networks.default.aliases;
    const text = await readFile(FILE, 'utf8');
    expect(text).toContain(`goes to http://${alias}:${BACKEND_PORT};`);
    const { scrape_configs } = parse(await read('infra/prometheus/prometheus.yml'));
    const [{ dns_sd_configs: seen }] = scrape_configs;
    expect(seen).toMatchObject([{ names: [alias], port: Number(environment.METRICS_PORT) }]);
  });

  it('mounts what is there, or what the first lines of the file say to make', async () => {
    const { services, secrets } = await resolved(profile);
    const [head] = (await readFile(FILE, 'utf8')).split(/^name:/m);
    const mounted = Object.values<Resolved>(services)
      .flatMap(({ volumes = [] }) => volumes)
      .filter(({ type }: Resolved) => type === 'bind')
      .map(({ source }: Resolved) => source);
    const files = Object.values<Resolved>(secrets).map(({ file }) => file);
    expect(mounted.length).toBeGreaterThan(3);
    for (const path of [...mounted, ...files]) {
      const place = relative(PROJECT, path);
      const isMade = place.startsWith('.tandem/') && head!.includes(place);
      expect(isMade || (await exists(path)), place).toBe(true);
    }
  });
});

describe('compose.yaml', () => {
  it('gives a GPU to the backend of the profile gpu alone', async () => {
    const gpusOf = ({ deploy }: Resolved) => deploy?.resources?.reservations?.devices;
    const { services } = await resolved('gpu');
    expect(gpusOf(services['backend-gpu'])).toMatchObject([{ driver: 'nvidia', capabilities: ['gpu'] }]);
    expect(gpusOf((await resolved('cpu')).services['backend-cpu'])).toBeUndefined();
  });

  it('says what is missing without a tunnel’s token', async () => {
    await expect(resolved('cpu', { TUNNEL_TOKEN: '' })).rejects.toThrow(
      'is the token of a Cloudflare Tunnel',
    );
  });

  it('tells Prometheus of the edge, and of none where nobody names it', async () => {
    const targets = async (environment: Record<string, string>) =>
      parse((await resolved('cpu', environment)).configs.edge_target.content);
    expect(await targets({})).toEqual([{ targets: [] }]);
    expect(await targets({ EDGE_HOST: 'chat.example.com' })).toEqual([{ targets: ['chat.example.com'] }]);
  });

  it('shows Grafana its source and both dashboards where its provisioning looks for them', async () => {
    const { services } = await resolved('cpu');
    const places = new Map<string, string>(
      services.grafana.volumes.map(({ source, target }: Resolved) => [target, source]),
    );
    const provisioning = join(PROJECT, 'infra/grafana/provisioning');
    expect(places.get('/etc/grafana/provisioning')).toBe(provisioning);
    const { providers } = parse(await readFile(join(provisioning, 'dashboards/tandem.yaml'), 'utf8'));
    const dashboards = places.get(providers[0].options.path);
    expect((await readdir(dashboards!)).toSorted()).toEqual(['backend.json', 'edge.json']);
    const { datasources } = parse(await readFile(join(provisioning, 'datasources/prometheus.yaml'), 'utf8'));
    expect(Object.keys(services)).toContain(new URL(datasources[0].url).hostname);
  });

  it('has Prometheus read the rules that lie beside its configuration', async () => {
    const { services } = await resolved('cpu');
    const { command, volumes } = services.prometheus;
    const [, config] = /--config\.file=(\S+)/.exec([command].flat().join(' '))!;
    const folder = volumes.find(({ target }: Resolved) => target === dirname(config!)).source;
    const { rule_files } = parse(await readFile(join(folder, 'prometheus.yml'), 'utf8'));
    for (const file of rule_files) expect(await exists(join(folder, file))).toBe(true);
  });
});
