/**
 * Run in the image's build: adds what requirements files pin to a CycloneDX document, in place, since npm knows only its own
 * packages. Usage: add-cuda-to-sbom.ts SBOM REQUIREMENTS
 */
import { readFile, writeFile } from 'node:fs/promises';
import { pinnedComponents } from './pinned-components.ts';

const [sbomFile, requirementsFile] = process.argv.slice(2) as [string, string];
const sbom = JSON.parse(await readFile(sbomFile, 'utf8')) as { components: unknown[] };
sbom.components.push(...pinnedComponents(await readFile(requirementsFile, 'utf8')));
await writeFile(sbomFile, `${JSON.stringify(sbom, null, 2)}\n`);
