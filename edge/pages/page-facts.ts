import type { Settings } from '../env.ts';
import { serverAddress } from './server-address.ts';

/** What pages say of the server that they are on. */
export interface PageFacts {
  /** Its own address, safe to be shown in lines that people paste. */
  address: string;
  /** The publishable key of its pages, if it has one. */
  chatKey: string | null;
  /** Whether requests need a key at all. */
  needsKey: boolean;
}

export function pageFacts(
  request: Request,
  { chatKey, developmentMode }: Pick<Settings, 'chatKey' | 'developmentMode'>,
): PageFacts {
  return { address: serverAddress(request), chatKey, needsKey: !developmentMode };
}
