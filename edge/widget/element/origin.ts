/** What is only needed once a chat is open: loaded then, or when somebody is about to open it. */
export type PanelModule = typeof import('./panel.ts');

/** Where the element's script came from. */
export interface Origin {
  /** The edge that elements without a `url` talk to. */
  url?: string;
  loadPanel(): Promise<PanelModule>;
}
