import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { jsonLines, runCli, startCli } from './cli.ts';

/** What answers instead of an edge, so that what is measured is known: `answer` says with which status, null for never. */
async function edgeThat(
  answer: (index: number) => number | null,
  delayMs = 0,
): Promise<{ url: string; bodies: object[]; keys: unknown[] }> {
  const bodies: object[] = [];
  const keys: unknown[] = [];
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    bodies.push(JSON.parse(body));
    keys.push(request.headers.authorization);
    const status = answer(bodies.length - 1);
    if (status === null) return;
    await pause(bodies.length === 1 ? 0 : delayMs);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? { choices: [] } : { error: { message: 'Too fast.' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, keys };
}

describe('tandem bench', () => {
  it('measures clients and rates, and says in JSON what came of each', async () => {
    const { url, bodies, keys } = await edgeThat((index) => (index % 5 === 4 ? 429 : 200));
    const args = [
      '--clients',
      '2',
      '--rate',
      '50',
      '--seconds',
      '1',
      '--max-tokens',
      '8',
      '--message',
      'Hi!',
    ];
    const { code, stdout, stderr } = await runCli(['bench', '--url', url, ...args, '--json'], {
      environment: { TANDEM_API_KEY: 'sk_tandem_x' },
    });
    expect(code).toBe(0);
    const { loads, ...asked } = JSON.parse(stdout);
    expect(asked).toEqual({ url: `${url}/`, seconds: 1, deadline_ms: 5000 });
    expect(loads).toMatchObject([{ clients: 2 }, { rate: 50 }]);
    for (const load of loads) {
      expect(load.not_answered['429']).toBeGreaterThan(0);
      expect(load.throughput_per_second).toBeGreaterThan(0);
      expect(load.goodput_per_second).toBe(load.throughput_per_second);
      expect(load.latency_ms.p50).toBeLessThanOrEqual(load.latency_ms.p99);
    }
    expect(new Set(keys)).toEqual(new Set(['Bearer sk_tandem_x']));
    expect(bodies[0]).toEqual({ messages: [{ role: 'user', content: 'Hi!' }], max_tokens: 8 });
    expect(jsonLines(stderr)).toEqual([
      { note: 'Measuring 2 clients for 1 s …' },
      { note: 'Measuring 50 requests/s for 1 s …' },
    ]);
  });

  it('shows a table and tells what 429 means', async () => {
    const { url } = await edgeThat((index) => (index % 5 === 4 ? 429 : 200));
    const { code, stdout, stderr } = await runCli([
      'bench',
      '--url',
      url,
      '--clients',
      '2',
      '--seconds',
      '0.5',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^LOAD +OFFERED +ANSWERED +IN TIME +P50 +P90 +P99 +NOT ANSWERED\n2 clients .* \d+ × 429\n$/,
    );
    expect(stderr).toMatch(/429 is a limit of the edge or of the key/);
  });

  it('ends at Ctrl-C with what was measured until then, and without what hangs', async () => {
    const { url, bodies } = await edgeThat((index) => (index < 20 ? 200 : null));
    const { child, result } = startCli(['bench', '--url', url, '--clients', '3', '--seconds', '600']);
    await expect.poll(() => bodies.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(23);
    child.kill('SIGINT');
    const { code, stdout } = await result;
    expect(code).toBe(130);
    expect(stdout).toMatch(/^LOAD .*\n3 clients /);
  });

  it('says in the edge’s words what is wrong before it measures, and fails where nothing is answered', async () => {
    const refusing = await edgeThat(() => 401);
    const refused = await runCli(['bench', '--url', refusing.url]);
    expect(refused).toEqual({ code: 1, stdout: '', stderr: 'tandem: Too fast.\n' });
    const dying = await edgeThat((index) => (index === 0 ? 200 : 503));
    const { code, stdout } = await runCli(['bench', '--url', dying.url, '--clients', '1', '--seconds', '1']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/1 client +[\d.]+\/s +0\.00\/s +0\.00\/s +- +- +- +\d+ × 503/);
  });

  it.each([
    ['--rate', '20'],
    ['--clients', '1'],
  ])('says of answers that all come after their load of %s %s how long they take', async (...load) => {
    const { url } = await edgeThat(() => 200, 600);
    const { code, stdout, stderr } = await runCli(['bench', '--url', url, ...load, '--seconds', '0.3']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^LOAD +OFFERED +ANSWERED .*\n.*(client|requests\/s) +\S+ +- +- +/);
    expect(stderr).toMatch(/no answer came while it was counted, within 0.3 s; the quickest took \d\.\d s\./);
  });

  it('tells programs, too, of answers that all come after their load', async () => {
    const { url } = await edgeThat(() => 200, 600);
    const args = ['--rate', '20', '--clients', '1', '--seconds', '0.3', '--json'];
    const { code, stdout } = await runCli(['bench', '--url', url, ...args]);
    const late = { throughput_per_second: 0, late_ms: expect.any(Number) };
    expect(JSON.parse(stdout).loads).toMatchObject([{ ...late, latency_ms: null }, late]);
    expect(code).toBe(0);
  });
});
