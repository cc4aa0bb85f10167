/** Drawn on 24 × 24, by lines; the mark and what fills a disc, by areas. */
export interface Icon {
  /** As style sheets call it. */
  name: string;
  path: string;
}

// Each by itself, so that a file has those alone that it shows.
export const MARK: Icon = {
  name: 'mark',
  path: 'M8.5 3a6.8 6.8 0 0 0-5.8 10.4L1.6 17.4l4-1A6.8 6.8 0 1 0 8.5 3zM17.2 8.400A8.3 8.3 0 0 1 9.9 18a6.8 6.8 0 0 0 8.8 3.500l4.1 1-1.1-3.900a6.8 6.8 0 0 0-4.5-10.200z',
};
export const DOWN: Icon = {
  name: 'down',
  path: 'm6 9 6 6 6-6',
};
export const CLOSE: Icon = {
  name: 'close',
  path: 'M6 6l12 12M18 6 6 18',
};
export const EXPAND: Icon = {
  name: 'expand',
  path: 'M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7',
};
export const SHRINK: Icon = {
  name: 'shrink',
  path: 'M20 10h-6V4M14 10l7-7M4 14h6v6M10 14l-7 7',
};
export const RESET: Icon = {
  name: 'reset',
  path: 'M12 5H6a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-6M18.4 3.600a1.9 1.9 0 0 1 2.7 2.700L13 14.5 9.5 15.2 10.2 11.700z',
};
export const SEND: Icon = {
  name: 'send',
  path: 'M12 19V5M5.5 11.5 12 5l6.5 6.5',
};
export const STOP: Icon = {
  name: 'stop',
  path: 'M8 8h8v8H8z',
};
export const COPY: Icon = {
  name: 'copy',
  path: 'M9 9h10v10a1 1 0 0 1-1 1H10a1 1 0 0 1-1-1zM15 9V5a1 1 0 0 0-1-1H5a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h4',
};
export const DONE: Icon = {
  name: 'done',
  path: 'm5 12.5 4.5 4.500L19 7.5',
};
