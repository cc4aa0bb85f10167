import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { ModelOpener } from '../../../gpu-backend/models/open-model.ts';
import { MODEL } from '../protocol/inference-requests.ts';
import { fakeScheduler, repositoryOf } from '../models/fake-models.ts';

/** Opens builds one after the other, each when the test says so. */
function stagedOpener() {
  const builds: { name: string; fails?: string }[] = [];
  const opened: string[] = [];
  const retired: string[] = [];
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const opener: ModelOpener = {
    fingerprint: async () => builds[0]!.name,
    async open() {
      const { name, fails } = builds[0]!;
      opened.push(name);
      await gate.promise;
      if (fails !== undefined) throw new Error(fails);
      const close = async () => void retired.push(name);
      return { config: MODEL, scheduler: fakeScheduler({ close }), fingerprint: name, properties: { name } };
    },
  };
  return {
    opener,
    opened,
    retired,
    build: (name: string, fails?: string) => builds.unshift({ name, ...(fails && { fails }) }),
    hold: () => {
      gate = Promise.withResolvers();
    },
    release: () => gate.resolve(),
  };
}

function repository() {
  const stage = stagedOpener();
  stage.build('first');
  const models = repositoryOf(['a'], stage.opener);
  return { ...stage, models, model: models.require('a') };
}

describe('a model', () => {
  it('is loading from the start, and ready once it is loaded', async () => {
    const { models, model, hold, release } = repository();
    hold();
    expect(() => models.requireReady()).toThrow('The model "a" is not ready: The model is loading.');
    const loaded = model.load();
    expect(model.status.state).toBe('loading');
    release();
    await loaded;
    expect(model.status).toEqual({ state: 'ready' });
    models.requireReady();
  });

  it('is loaded once by two loads at once', async () => {
    const { model, opened } = repository();
    await Promise.all([model.load(), model.load(), model.load()]);
    expect(opened).toEqual(['first']);
  });

  it('is not opened again while its folder holds the same build', async () => {
    const { model, opened, retired } = repository();
    await model.load();
    await model.load();
    expect({ opened, retired }).toEqual({ opened: ['first'], retired: [] });
  });

  it('answers from its earlier build until the next one is open', async () => {
    const { model, opened, retired, build, hold, release } = repository();
    await model.load();
    const before = model.requireReady();
    build('second');
    hold();
    const loaded = model.load();
    await vi.waitFor(() => expect(opened).toEqual(['first', 'second']));
    expect(model.requireReady()).toBe(before);
    release();
    await loaded;
    expect(model.requireReady().fingerprint).toBe('second');
    expect(retired).toEqual(['first']);
  });

  it('is loaded once more for a build that came while it was loaded, once for all who ask', async () => {
    const { model, opened, build, hold, release } = repository();
    hold();
    const first = model.load();
    await vi.waitFor(() => expect(opened).toEqual(['first']));
    build('second');
    const loaded = Promise.all([model.load(), model.load()]);
    release();
    await Promise.all([first, loaded]);
    expect(model.requireReady().fingerprint).toBe('second');
    expect(opened).toEqual(['first', 'second']);
  });

  it('keeps its earlier build where the next one cannot be opened', async () => {
    const { model, build } = repository();
    await model.load();
    build('broken', 'the disk says no');
    await expect(model.load()).rejects.toThrow('the disk says no');
    expect(model.requireReady().fingerprint).toBe('first');
  });

  it('says why it could not be loaded, and can be loaded later', async () => {
    const { models, model, build } = repository();
    build('broken', 'the disk says no');
    await expect(model.load()).rejects.toThrow('the disk says no');
    const reason = 'The model could not be loaded.';
    expect(model.status).toEqual({ state: 'failed', reason, detail: 'the disk says no' });
    expect(() => model.requireReady()).toThrow(`${reason} the disk says no`);
    // What anybody may ask.
    expect(() => models.requireReady()).toThrow(/The model could not be loaded\.$/);
    build('repaired');
    await model.load();
    expect(model.status.state).toBe('ready');
  });

  it('that is to end waits for no build that is being opened', async () => {
    const { models, model, hold, retired } = repository();
    hold();
    void model.load();
    await models.endAll();
    expect(retired).toEqual([]);
    expect(() => model.requireReady()).toThrow('The model is not loaded.');
  });

  it.each(['unload', 'load'] as const)(
    'that is to end waits for what an earlier build has accepted, after an %s too',
    async (verb) => {
      const draining = Promise.withResolvers<void>();
      const told: string[] = [];
      let builds = 0;
      const opener: ModelOpener = {
        fingerprint: async () => String(builds),
        async open() {
          const drain = builds++ === 0 ? () => draining.promise : async () => {};
          return {
            config: MODEL,
            scheduler: fakeScheduler({ drain }),
            fingerprint: String(builds - 1),
            properties: {},
          };
        },
      };
      const models = repositoryOf(['a'], opener);
      await models.loadAll();
      void models.require('a')[verb]();
      await nextTurn();
      const ended = models.endAll().then(() => told.push('ended'));
      await nextTurn();
      expect(told).toEqual([]);
      draining.resolve();
      await ended;
    },
  );

  it('does what it is told in order', async () => {
    const { model, opened, retired } = repository();
    const done = [model.load(), model.unload(), model.unload(), model.load(), model.unload()];
    await Promise.all(done);
    expect({ opened, retired }).toEqual({ opened: ['first', 'first'], retired: ['first', 'first'] });
    expect(model.status.state).toBe('unloaded');
  });

  it('closes what it opened and ends as the last word says, however loads, unloads and failures fall', async () => {
    const step = fc.record({
      does: fc.constantFrom('load', 'unload', 'build', 'break'),
      waits: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.scheduler(), async (steps, order) => {
        const world = { build: 0, isBroken: false, open: 0, most: 0 };
        const close = async () => {
          await order.schedule(Promise.resolve());
          world.open--;
        };
        const opener: ModelOpener = {
          fingerprint: () => order.schedule(Promise.resolve(String(world.build))),
          async open() {
            const [fingerprint, isBroken] = [String(world.build), world.isBroken];
            await order.schedule(Promise.resolve());
            if (isBroken) throw new Error('the disk says no');
            world.most = Math.max(world.most, ++world.open);
            return { config: MODEL, scheduler: fakeScheduler({ close }), fingerprint, properties: {} };
          },
        };
        const model = repositoryOf(['a'], opener).require('a');
        const done: Promise<unknown>[] = [];
        for (const { does, waits } of steps) {
          if (does === 'build') world.build++;
          else if (does === 'break') world.isBroken = !world.isBroken;
          else done.push(model[does]().catch(() => 'failed'));
          if (waits) await order.waitIdle();
        }
        await order.waitIdle();
        await Promise.all(done);
        // A newer build is opened beside the one that answers.
        expect(world.most).toBeLessThanOrEqual(2);
        expect(world.open).toBe(model.status.state === 'ready' ? 1 : 0);
        const last = steps.findLast(({ does }) => does === 'load' || does === 'unload')?.does;
        if (last === 'unload') expect(model.status.state).toBe('unloaded');
        if (last === 'load') expect(['ready', 'failed']).toContain(model.status.state);
      }),
      { numRuns: 300 },
    );
  });

  it('is not missed once somebody has unloaded it', async () => {
    const { models, model } = repository();
    await model.load();
    await model.unload();
    models.requireReady();
    expect(() => model.requireReady()).toThrow('The model is not loaded.');
  });

  it('waits until what is accepted is answered', async () => {
    const drained = Promise.withResolvers<void>();
    const scheduler = fakeScheduler({ drain: () => drained.promise });
    const opener = {
      fingerprint: async () => '',
      open: async () => ({ config: MODEL, scheduler, fingerprint: '', properties: {} }),
    };
    const model = repositoryOf(['a'], opener).require('a');
    await model.load();
    const unloaded = model.unload();
    expect(model.status.state).toBe('unloading');
    expect(() => model.requireReady()).toThrow('The model is being unloaded.');
    drained.resolve();
    await unloaded;
    expect(model.status.state).toBe('unloaded');
  });
});

describe('a repository', () => {
  it('names what it has to whoever asks for something else', () => {
    expect(() => repositoryOf(['a', 'b']).require('c')).toThrow(
      'Unknown model "c"; this server has "a", "b".',
    );
  });
});
