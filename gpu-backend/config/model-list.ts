import { ConfigError } from './config-error.ts';
import type { Option } from './option-kinds.ts';

/** A model that the server is told to serve. */
export interface ModelSource {
  /** As URLs name it; its manifest's name where there is none. */
  name: string | undefined;
  /** What `tandem model build` wrote. */
  directory: string;
}

/** `name=directory`, or a directory alone whose manifest says the name; several by several flags. */
export function modelList(variable: string): Option<ModelSource[]> {
  return {
    variable,
    flag: 'model',
    isRepeated: true,
    fallback: 'none',
    about:
      'A compiled model as NAME=DIR, served under this name beside the one of MODEL_DIR; DIR alone has the name in its manifest. Each takes memory and threads of its own.',
    read: (given) => (given ? given.split(',').map(readEntry) : []),
  };
}

function readEntry(given: string): ModelSource {
  const [, name, directory] = /^(?:([^=]*)=)?(.*)$/s.exec(given.trim())!;
  if (name !== '' && directory) return { name, directory };
  throw new ConfigError(`A model is given as NAME=DIR, not ${JSON.stringify(given)}.`);
}
