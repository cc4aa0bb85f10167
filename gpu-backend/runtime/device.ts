/** What a session computes on: the processor, all of it, or one CUDA device by its index. */
export type Device = 'cpu' | `cuda:${number}`;

const CUDA = /^cuda(?::(\d{1,3}))?$/;

/**
 * Reads a list such as `cpu` or `cuda:0,cuda:1`; `cuda` is the first device.
 * @throws {Error} with one line that says what the list may hold
 */
export function readDevices(list: string): Device[] {
  const devices = list.split(',').map((name) => readDevice(name.trim()));
  const twice = devices.find((device, index) => devices.indexOf(device) !== index);
  if (twice !== undefined) throw new Error(`${twice} is named twice: a device runs one batch at a time.`);
  return devices;
}

function readDevice(name: string): Device {
  if (name === 'cpu') return 'cpu';
  const index = CUDA.exec(name);
  if (index !== null) return `cuda:${Number(index[1] ?? 0)}`;
  throw new Error(`${JSON.stringify(name)} is no device; write cpu, cuda or a list such as cuda:0,cuda:1.`);
}

/** The index of a CUDA device, undefined for the processor. */
export function cudaIndex(device: Device): number | undefined {
  return device === 'cpu' ? undefined : Number(device.slice('cuda:'.length));
}
