import { keepLive } from './console/live.ts';
import { showLocalTimes } from './console/local-times.ts';

showLocalTimes(document);
const live = document.querySelector<HTMLButtonElement>('#live');
if (live !== null) keepLive(live, showLocalTimes);
