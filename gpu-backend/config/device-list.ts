import { type Device, readDevices } from '../runtime/device.ts';
import { ConfigError } from './config-error.ts';
import type { Option } from './option-kinds.ts';

export function deviceList(variable: string): Option<Device[]> {
  return {
    variable,
    fallback: 'cpu',
    about:
      'Where models run: cpu, cuda, or GPUs such as cuda:0,cuda:1. One process for each, with weights of its own; they share the queue. CUDA needs its libraries, and models built with --target cuda.',
    read(given) {
      try {
        return readDevices(given || 'cpu');
      } catch (error) {
        throw new ConfigError(`${variable}: ${(error as Error).message}`);
      }
    },
  };
}
