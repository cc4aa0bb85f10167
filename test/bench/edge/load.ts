import { Agent, request as httpRequest } from 'node:http';

/** One kind of POST request. */
export interface Call {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Connections that stay open, as a client's library keeps them. */
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Sends one request. @returns milliseconds until the whole answer is there @throws {Error} where it is not 200 */
export function timeOf({ url, headers, body }: Call): Promise<number> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method: 'POST',
      agent,
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - started);
        else reject(new Error(`${url} answered ${response.statusCode}: ${Buffer.concat(chunks)}`));
      });
    });
    request.end(body);
  });
}

const REQUESTS_A_TURN = 100;
const SETTLING_REQUESTS = 10;

/**
 * The times of calls that take turns, so that whatever slows the machine slows all of them: one list for each call. A turn is some requests
 * long and begins with a few that are not timed, for a server in use does not find the processor's caches full of what another left there.
 */
export async function timesInTurn(calls: Call[], rounds: number): Promise<number[][]> {
  const times: number[][] = calls.map(() => []);
  for (let done = 0; done < rounds; done += REQUESTS_A_TURN) {
    const requests = Math.min(REQUESTS_A_TURN, rounds - done);
    for (const [index, call] of calls.entries()) {
      await timesOf(call, SETTLING_REQUESTS);
      times[index]!.push(...(await timesOf(call, requests)));
    }
  }
  return times;
}

/** The times of requests one after the other. */
export async function timesOf(call: Call, requests: number): Promise<number[]> {
  const times: number[] = [];
  for (let sent = 0; sent < requests; sent++) times.push(await timeOf(call));
  return times;
}

/** Sends `count` requests, `atOnce` at a time. @returns requests a second */
export async function throughput(
  call: Call,
  { count, atOnce }: { count: number; atOnce: number },
): Promise<number> {
  const started = performance.now();
  let sent = 0;
  const client = async () => {
    while (sent < count) {
      sent += 1;
      await timeOf(call);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return count / ((performance.now() - started) / 1_000);
}

export function closeConnections(): void {
  agent.destroy();
}
