import { requireFreePort } from '../local/ports.ts';
import { ask } from './ask.ts';
import { type Finding, ok, problem } from './finding.ts';

/** Whether `tandem up` could listen there, or a tier of Tandem does. @param path what a tier answers with 200 or 503 */
export async function examinePort(variable: string, port: number, path: string): Promise<Finding> {
  const about = `port ${port} (${variable})`;
  try {
    await requireFreePort(port, variable);
    return ok(about, 'free');
  } catch {
    const answer = await ask(`http://127.0.0.1:${port}${path}`);
    if (answer.answered && [200, 401, 503].includes(answer.status))
      return ok(about, 'in use, by a tier of Tandem');
    return problem(about, 'in use by another program', `Choose another: ${variable}=… npm start`);
  }
}
