/// <reference path="./static-files.d.ts" />
import files from 'tandem-static/files.json';

/**
 * Where a script or style lies that `infra/build-static.ts` has built, by its name without a hash: "home.js" for
 * edge/pages/client/home.ts.
 * @throws {Error} where there is none
 */
export function staticFile(name: string): StaticFile {
  const file = files[name];
  if (file === undefined) throw new Error(`There is no static file ${name}. This is a bug.`);
  return file;
}

type StaticFile = (typeof files)[string];
