import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';
import type { KvSessions } from '../../../edge/session/kv-sessions.ts';
import type { SessionState } from '../../../edge/session/session-state.ts';
import type { TurnLine } from '../../../edge/session/turn-line.ts';
import { json, type TestApp } from '../test-app.ts';

export const objectOf = (id: string) => env.SESSION_OBJECTS.getByName(id);

export async function createSession(app: TestApp, body?: object): Promise<string> {
  return (await json(app.request('POST', '/v1/sessions', { body }))).id;
}

export function say(app: TestApp, id: string, content: string, headers: Record<string, string> = {}) {
  return app.request('POST', `/v1/sessions/${id}/messages`, { body: { content }, headers });
}

/** What the session holds, as its own route tells it. */
export async function history(app: TestApp, id: string): Promise<string[]> {
  const { messages } = await json(app.request('GET', `/v1/sessions/${id}`));
  return messages.map(({ role, content }: { role: string; content: string }) => `${role}: ${content}`);
}

/** From now on it is so much later, for everything in this process that asks. */
export function passTime(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}

/** Lets time pass and the object's alarm ring. */
export async function alarmAfter(id: string, ms: number): Promise<void> {
  passTime(ms);
  await runDurableObjectAlarm(objectOf(id));
}

/** What KV holds of a session, read beside the object. */
export function inKv(id: string): Promise<Record<string, unknown> | null> {
  return env.SESSIONS.get(`session:${id}`, 'json');
}

/** Everything that the object's storage holds, alarm included. */
export function stored(id: string): Promise<{ keys: string[]; alarm: number | null }> {
  return runInDurableObject(objectOf(id), async (_, { storage }) => ({
    keys: [...(await storage.list()).keys()],
    alarm: await storage.getAlarm(),
  }));
}

/** The object's KV, from now on with these calls instead of the real ones; until the object starts again. */
export async function injectKv(id: string, faults: Partial<KvSessions>): Promise<void> {
  await runInDurableObject(objectOf(id), (object) => {
    Object.assign(inside(object).state.kv, faults);
  });
}

/** The object's way to KV, as it is now. */
export function kvOf(id: string): Promise<KvSessions> {
  return runInDurableObject(objectOf(id), (object) => ({ ...inside(object).state.kv }));
}

/** How many turns wait for theirs. */
export function waitingTurns(id: string): Promise<number> {
  return runInDurableObject(objectOf(id), (object) => inside(object).line.waiting);
}

/** The object ends in the middle of whatever it does, and starts again for whatever comes next. */
export async function breakDown(id: string): Promise<void> {
  const broken = runInDurableObject(objectOf(id), (_, state) => state.abort('It breaks down, by a test.'));
  await broken.catch(() => {});
}

/** Takes a turn's place from it. */
export async function leaveLine(id: string, turnId: string): Promise<void> {
  await runInDurableObject(objectOf(id), (object) => inside(object).line.end(turnId, { kept: false }));
}

/** What an object keeps to itself. */
function inside(object: object) {
  return object as unknown as { state: SessionState; line: TurnLine };
}
