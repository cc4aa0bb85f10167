import { readFile } from 'node:fs/promises';

/** Time within one kind of node: summed over all of its executions. */
export interface TimeShare {
  name: string;
  milliseconds: number;
  executions: number;
  /** Of the time of all nodes. */
  share: number;
}

export interface Profile {
  totalMilliseconds: number;
  /** By operator: `MatMul`. */
  operators: TimeShare[];
  /** By part of the model, all layers of a stack taken together: `decoder/model.decoder.layers.*`. */
  scopes: TimeShare[];
  /** By node, likewise, with the shape of what it makes where that is the same in every step. */
  nodes: TimeShare[];
}

type Shapes = Record<string, number[]>[];

interface NodeEvent {
  /** The node's name. */
  node: string;
  operator: string;
  microseconds: number;
  outputs: Shapes;
}

// Their time is that of the nodes inside them.
const CONTAINERS = new Set(['Loop', 'If', 'Scan']);
const SUFFIX = '_kernel_time';

/** Reads the profile that ONNX Runtime wrote: a list of events in Chrome's trace format. */
export async function readProfile(path: string): Promise<Profile> {
  return summarize(nodeEvents(JSON.parse(await readFile(path, 'utf8'))));
}

function nodeEvents(
  events: { cat: string; name: string; dur: number; args?: Record<string, unknown> }[],
): NodeEvent[] {
  return events
    .filter(({ cat, name }) => cat === 'Node' && name.endsWith(SUFFIX))
    .map(({ name, dur, args = {} }) => ({
      node: name.slice(0, -SUFFIX.length),
      operator: String(args['op_name']),
      microseconds: dur,
      outputs: (args['output_type_shape'] ?? []) as Shapes,
    }))
    .filter(({ operator }) => !CONTAINERS.has(operator));
}

function summarize(events: NodeEvent[]): Profile {
  const shapes = stableShapes(events);
  return {
    totalMilliseconds: events.reduce((sum, { microseconds }) => sum + microseconds, 0) / 1000,
    operators: shareBy(events, ({ operator }) => operator),
    scopes: shareBy(
      events,
      ({ node }) => withoutLayer(node.split('/').slice(0, -1).join('/')) || '(outermost)',
    ),
    nodes: shareBy(events, ({ node }) => `${withoutLayer(node)}${shapes.get(withoutLayer(node)) ?? ''}`),
  };
}

function shareBy(events: NodeEvent[], nameOf: (event: NodeEvent) => string): TimeShare[] {
  const total = events.reduce((sum, { microseconds }) => sum + microseconds, 0);
  return [...Map.groupBy(events, nameOf)]
    .map(([name, group]) => {
      const microseconds = group.reduce((sum, event) => sum + event.microseconds, 0);
      const share = microseconds / total;
      return { name, milliseconds: microseconds / 1000, executions: group.length, share };
    })
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

/** ` → [1, 10, 5120]` for each node that always makes the same shape. */
function stableShapes(events: NodeEvent[]): Map<string, string> {
  const byNode = Map.groupBy(events, ({ node }) => withoutLayer(node));
  const shapes = new Map<string, string>();
  for (const [node, group] of byNode) {
    const seen = new Set(group.map(({ outputs }) => JSON.stringify(Object.values(outputs[0] ?? {})[0])));
    const [only] = seen;
    if (seen.size === 1 && only !== undefined) shapes.set(node, ` → ${only.replaceAll(',', ', ')}`);
  }
  return shapes;
}

function withoutLayer(name: string): string {
  return name.replaceAll(/\.layers\.\d+/g, '.layers.*');
}
