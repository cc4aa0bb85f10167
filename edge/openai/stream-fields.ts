import * as z from 'zod';
import { ApiError } from '../errors.ts';

const off = z.literal(false).nullish();

/** How a request asks for server-sent events. */
export const streamFields = {
  stream: z
    .boolean()
    .nullish()
    .describe(
      'Sends server-sent events. A reply is searched as a whole, so its words come together once it is found.',
    ),
  stream_options: z
    .strictObject({
      include_usage: z.boolean().nullish().describe('One more event at the end, with the usage.'),
      include_obfuscation: off,
      continuous_usage_stats: off,
    })
    .nullish(),
};

interface StreamRequest {
  stream?: boolean | null | undefined;
  stream_options?: { include_usage?: boolean | null | undefined } | null | undefined;
}

/**
 * @returns null where no stream is asked for
 * @throws {ApiError} invalid_value for options without a stream
 */
export function streamOptions({ stream, stream_options }: StreamRequest): { includeUsage: boolean } | null {
  if (stream === true) return { includeUsage: stream_options?.include_usage === true };
  if (stream_options == null) return null;
  const message = 'stream_options needs "stream": true.';
  throw new ApiError('invalid_value', { param: 'stream_options', message });
}
