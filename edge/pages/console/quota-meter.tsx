import type { Standing } from './answers.ts';
import { formatCount, formatWindow } from './format.ts';

/** How much of a quota is left. */
export function QuotaMeter({ name, limit, window_seconds, remaining }: Standing) {
  return (
    <div>
      <p class="meter-head">
        <span>{name}</span>
        <span class="muted">
          {formatCount(remaining)} of {formatCount(limit)} {formatWindow(window_seconds)}
        </span>
      </p>
      <meter
        min={0}
        max={limit}
        low={limit * 0.1}
        optimum={limit}
        value={remaining}
        aria-label={`${name} left`}
      >
        {formatCount(remaining)}
      </meter>
    </div>
  );
}
