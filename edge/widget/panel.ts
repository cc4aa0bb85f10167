/** What the widget loads when a chat is opened. */
export { Panel, panelSheet } from './element/panel.ts';
