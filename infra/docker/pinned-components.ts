/** A part of a CycloneDX document. */
export interface Component {
  'bom-ref': string;
  type: 'library';
  name: string;
  version: string;
  purl: string;
  hashes: { alg: 'SHA-256'; content: string }[];
}

const PIN = /^([\w.-]+)==(\S+)\s+--hash=sha256:([0-9a-f]{64})$/;

/**
 * The packages of a pip requirements file in which every line pins a version and its hash.
 * @throws {Error} for a line that does not
 */
export function pinnedComponents(requirements: string): Component[] {
  const lines = requirements.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const match = PIN.exec(line.trim());
    if (match === null) throw new Error(`"${line}" pins no version with its sha256.`);
    const [, name, version, content] = match as unknown as [string, string, string, string];
    const purl = `pkg:pypi/${name}@${version}`;
    return { 'bom-ref': purl, type: 'library', name, version, purl, hashes: [{ alg: 'SHA-256', content }] };
  });
}
