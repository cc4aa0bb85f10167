import { CONFIG_OPTIONS } from '../../gpu-backend/config/options.ts';

/** What the backend takes for a number that it is not told. */
export function defaultOf(option: string): number {
  return CONFIG_OPTIONS[option]!.read(undefined) as number;
}
