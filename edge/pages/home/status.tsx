import type { ServedModel } from '../../conversation/reply.ts';

/** How the three parts do. `client/home/status.ts` fills it in, and keeps it true. */
export function Status({ model }: { model: ServedModel }) {
  return (
    <dl class="status" id="status" aria-label="Status of this server">
      <div>
        <dt>Edge</dt>
        <dd class="state" data-status="edge">
          …
        </dd>
      </div>
      <div>
        <dt>Backend</dt>
        <dd class="state" data-status="backend">
          …
        </dd>
      </div>
      <div>
        <dt>Model</dt>
        <dd>
          {model.name} <span class="muted">reads {model.config.maxPositions} tokens</span>
        </dd>
      </div>
    </dl>
  );
}
