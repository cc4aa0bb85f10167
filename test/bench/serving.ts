import { cpus, loadavg, totalmem } from 'node:os';
import { keepReport, publish } from './report/publish.ts';
import { measureClients } from './serving/clients.ts';
import { measureLoad } from './serving/load.ts';
import { pointOf } from './serving/load-points.ts';
import { measureMemory } from './serving/memory.ts';
import { type Options, readOptions, type SectionName } from './serving/options.ts';
import { measureOverhead } from './serving/overhead.ts';
import { measureOverload } from './serving/overload.ts';
import { type PreparedModel, prepareModel } from './serving/prepared-model.ts';
import { drawCharts } from './serving/report/charts.ts';
import { renderMarkdown } from './serving/report/markdown.ts';
import type { Section, ServingResults } from './serving/results.ts';
import { readVersions } from './versions.ts';

const options = readOptions(process.argv.slice(2));
const about = await describeRun(options);
const models: PreparedModel[] = [];
for (const name of options.models) models.push(await prepareModel(name, options));
for (const name of options.sections) {
  try {
    await publishSection(await measureSection(name, models));
  } catch (error) {
    // The other sections took minutes, and are worth keeping.
    console.error(`Not measured: ${name}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

async function measureSection(name: SectionName, prepared: PreparedModel[]): Promise<Section> {
  switch (name) {
    case 'load':
      return { name, models: await measureEach(name, prepared, measureLoad) };
    case 'overload':
      return { name, models: await measureEach(name, prepared, measureOverload) };
    case 'clients':
      return { name, models: await measureEach(name, prepared, measureClients) };
    case 'overhead':
      return { name, models: await measureEach(name, prepared, measureOverhead) };
    case 'memory':
      // What the server loses with a request does not depend on the model's size; 50,000 replies of a large one take days.
      return { name, models: await measureEach(name, prepared.slice(0, 1), measureMemory) };
  }
}

async function measureEach<T>(
  name: SectionName,
  prepared: PreparedModel[],
  measure: (model: PreparedModel, options: Options) => Promise<T>,
): Promise<T[]> {
  const measured: T[] = [];
  for (const model of prepared) {
    console.error(`${name}, ${model.name}:`);
    measured.push(await measure(model, options));
  }
  return measured;
}

/** Every section has its own place and says which run it is from: one can be measured anew without the others. */
async function publishSection(section: Section): Promise<void> {
  const results = { ...about, section };
  const report = { results, markdown: renderMarkdown(results), charts: drawCharts(section) };
  console.log(`${report.markdown}\n`);
  const place = `serving-${section.name}`;
  if (options.out !== undefined) await keepReport(options.out, place, report);
  if (options.publish) await publish(place, report);
}

async function describeRun(options: Options): Promise<Omit<ServingResults, 'section'>> {
  return {
    date: new Date().toISOString(),
    command: [
      'npm run bench:serving',
      ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : []),
    ].join(' '),
    versions: await readVersions(undefined),
    machine: {
      cpu: cpus()[0]!.model,
      threads: options.threads,
      memoryBytes: totalmem(),
      loadBefore: loadavg()[0]!,
    },
    point: pointOf(options),
    maxBatchSize: options.maxBatchSize,
  };
}
