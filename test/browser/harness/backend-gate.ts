import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** Open: everything passes. Held: replies wait until it is open again. Away: nobody is there. */
export type GatePosition = 'open' | 'held' | 'away';

const CONTROL = '/gate/';

export interface BackendGate {
  url: string;
  close(): void;
}

/**
 * Stands between edge and backend, and does what networks do. Tests, which run in another process, move it by
 * `moveGate`.
 */
export async function startBackendGate(backendUrl: string): Promise<BackendGate> {
  let position: GatePosition = 'open';
  const waiting = new Set<() => void>();

  const server = createServer((incoming, outgoing) => {
    if (incoming.url!.startsWith(CONTROL)) {
      position = incoming.url!.slice(CONTROL.length) as GatePosition;
      if (position !== 'held') for (const go of waiting) go();
      waiting.clear();
      outgoing.end();
      return;
    }
    const go = () => (position === 'away' ? incoming.destroy() : pass(incoming, outgoing, backendUrl));
    if (position === 'held' && incoming.url!.endsWith('/infer')) waiting.add(go);
    else go();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, close };
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse, backendUrl: string): void {
  const { method, headers } = incoming;
  const onward = request(new URL(incoming.url!, backendUrl), { method: method!, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

export async function moveGate(gateUrl: string, position: GatePosition): Promise<void> {
  await fetch(`${gateUrl}${CONTROL}${position}`, { method: 'PUT' });
}
