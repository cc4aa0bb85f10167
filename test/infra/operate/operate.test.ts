import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../../gpu-backend/config/config.ts';
import { CONFIG_OPTIONS } from '../../../gpu-backend/config/options.ts';
import { PROJECT } from '../../../infra/paths.ts';
import { backendMetrics, metricsOfEdge, namesIn } from './metric-names.ts';

const read = (path: string) => readFile(join(PROJECT, path), 'utf8');
const ALERTS = parse(await read('infra/prometheus/alerts.yml'));
type Rule = { record?: string; alert?: string; expr: string; annotations?: Record<string, string> };
const RULES: Rule[] = ALERTS.groups.flatMap(({ rules }: { rules: Rule[] }) => rules);

/** What can be asked for: both tiers' series, and what the rules record. */
async function knownNames(): Promise<Set<string>> {
  const recorded = RULES.flatMap(({ record }) => record ?? []);
  return new Set([...(await backendMetrics()), ...metricsOfEdge(), ...recorded]);
}

describe('the alerts', () => {
  it('ask for metrics that a tier has', async () => {
    const known = await knownNames();
    const asked = RULES.flatMap(({ expr }) => namesIn(expr));
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  it('each have a page in the runbook, and each page an alert', async () => {
    const runbook = await read('docs/runbook.md');
    const pages = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) =>
      title!.toLowerCase().replaceAll(' ', '-'),
    );
    const alerts = RULES.filter(({ alert }) => alert !== undefined);
    const linked = alerts.map(({ annotations }) => annotations!['runbook']!);
    expect(linked.every((link) => link.startsWith('docs/runbook.md#'))).toBe(true);
    expect(new Set(linked.map((link) => link.split('#')[1]))).toEqual(new Set(pages));
    for (const { alert } of alerts) expect(runbook).toContain(alert);
  });
});

describe('what the edge tells', () => {
  it('is all on its dashboard, but for what a record stands for', async () => {
    const { panels } = JSON.parse(await read('infra/grafana/dashboards/edge.json'));
    const asked = new Set(
      panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
        targets.flatMap(({ expr }) => namesIn(expr)),
      ),
    );
    const shown = (name: string) => asked.has(name) || asked.has(name.replace(/_(sum|count)$/, '_bucket'));
    expect([...metricsOfEdge()].filter((name) => !shown(name))).toEqual([]);
  });

  it('is read by Prometheus as a job that the alerts ask for, with a secret that compose gives it', async () => {
    const prometheus = parse(await read('infra/prometheus/prometheus.yml'));
    const compose = parse(await read('infra/compose.yaml'), { merge: true });
    const jobs = prometheus.scrape_configs.map(({ job_name }: { job_name: string }) => job_name);
    const asked = RULES.flatMap(({ expr }) => [...expr.matchAll(/job="([^"]+)"/g)].map(([, job]) => job));
    expect(new Set(asked)).toEqual(new Set(jobs));
    const edge = prometheus.scrape_configs.find(
      ({ job_name }: { job_name: string }) => job_name === 'tandem-edge',
    );
    const { secrets, configs } = compose.services.prometheus;
    const [secret] = secrets;
    expect(edge.authorization.credentials_file).toBe(`/run/secrets/${secret}`);
    expect(compose.secrets[secret].file).toBe('../.tandem/metrics-token');
    const [{ source, target }] = configs;
    expect(edge.file_sd_configs).toEqual([{ files: [target] }]);
    const targets = (host: string) =>
      parse(compose.configs[source].content.replace(/\$\{EDGE_HOST:-\}/, host));
    expect(targets('')).toEqual([{ targets: [] }]);
    expect(targets('chat.example.com')).toEqual([{ targets: ['chat.example.com'] }]);
  });
});

describe('the dashboards', async () => {
  const folder = join(PROJECT, 'infra/grafana/dashboards');
  for (const file of await readdir(folder)) {
    it(`${file} asks for metrics that a tier has, each panel with a word on what it shows`, async () => {
      const known = await knownNames();
      const { panels } = JSON.parse(await readFile(join(folder, file), 'utf8'));
      expect(panels.length).toBeGreaterThan(0);
      for (const { title, description, targets } of panels) {
        expect(description, title).toMatch(/\.$/);
        for (const { expr } of targets)
          expect(
            namesIn(expr).filter((name) => !known.has(name)),
            title,
          ).toEqual([]);
      }
    });
  }
});

describe('compose.yaml', () => {
  it('opens no port but to this machine', async () => {
    const compose = parse(await read('infra/compose.yaml'), { merge: true });
    const ports = Object.values<{ ports?: string[] }>(compose.services).flatMap(
      (service) => service.ports ?? [],
    );
    expect(ports.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
  });

  it('gives the backend options that it has, and takes', async () => {
    const compose = parse(await read('infra/compose.yaml'), { merge: true });
    const { 'backend-cpu': cpu, 'backend-gpu': gpu } = compose.services;
    expect(gpu.environment).toEqual(cpu.environment);
    // As compose fills in what nobody sets.
    const filled = Object.entries<string>(cpu.environment).map(([name, value]) => [
      name,
      value.replace(/\$\{\w+:-([^}]*)\}/, '$1'),
    ]);
    const known = Object.values(CONFIG_OPTIONS).flatMap(({ variable }) => [variable, `${variable}_FILE`]);
    expect(filled.map(([name]) => name).filter((name) => !known.includes(name!))).toEqual([]);
    const environment = Object.fromEntries(filled);
    const config = readConfig({ environment, readFile: () => 'a-token-of-the-tests' });
    expect(config).toMatchObject({ metricsPort: 9091, tokens: ['a-token-of-the-tests'] });
  });

  it('gives the backend longer to end than it takes', async () => {
    const compose = parse(await read('infra/compose.yaml'), { merge: true });
    expect(Number.parseInt(compose.services['backend-cpu'].stop_grace_period, 10)).toBeGreaterThan(30);
  });
});
