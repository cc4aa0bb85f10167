/** Builds the widget as an npm package, for bundlers and Node: `npm run build:widget`. */
import { WIDGET_PACKAGE } from './paths.ts';
import { writeWidgetPackage } from './static/widget-package.ts';

const names = await writeWidgetPackage(WIDGET_PACKAGE);
console.log(`${WIDGET_PACKAGE}: ${names.map((name) => `tandem-widget/${name}`).join(', ')}`);
