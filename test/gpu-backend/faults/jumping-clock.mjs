// Preloaded into the backend's processes: a calendar that is set a day ahead and back again at every look.
const { now } = Date;
let looks = 0;
Date.now = () => now() + (looks++ % 2) * 86_400_000;
globalThis.Date = class extends Date {
  constructor(...parts) {
    if (parts.length === 0) super(Date.now());
    else super(...parts);
  }
};
