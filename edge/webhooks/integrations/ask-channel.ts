import type { AppDependencies } from '../../dependencies.ts';
import type { ChannelCall } from '../channels/channel.ts';
import { outcomeOf } from '../channels/outcome.ts';
import type { AnyChannel } from '../channels/registry.ts';
import { deliver } from '../inbound/call-channel.ts';

/** How a channel took calls that were made for the owner, who reads it. */
export interface ChannelVerdict {
  outcome: 'ok' | 'failed' | 'nothing_to_do';
  /** What the channel says is wrong, its HTTP status, or why there is no answer. */
  detail: string | null;
}

/** Makes calls one after the other, up to the first that fails. */
export async function askChannel(
  calls: ChannelCall[],
  {
    channel,
    fetch,
    now,
    settings,
  }: { channel: AnyChannel } & Pick<AppDependencies, 'fetch' | 'now' | 'settings'>,
): Promise<ChannelVerdict> {
  const readAnswer = channel.readAnswer ?? outcomeOf;
  for (const call of calls) {
    const answer = await deliver(call, { fetch, now, readAnswer, allowLoopback: settings.developmentMode });
    if (answer.outcome !== 'delivered') return { outcome: 'failed', detail: answer.reason };
  }
  return { outcome: calls.length === 0 ? 'nothing_to_do' : 'ok', detail: null };
}
