import { type GenerationParameters, searchWidth } from '../../shared/generation-parameters.ts';
import { LIST_INPUTS } from '../../shared/generation-tensors.ts';
import { drawnSteps, uniformNumbers } from '../../shared/uniform-numbers.ts';
import { invalidRequest } from './backend-error.ts';
import { checkForm, type EnvelopeTensor, readData } from './tensor-data.ts';

/**
 * Each row's random numbers, [width][steps]: as many steps as the row draws. Without the tensor they are made anew.
 * @param parameters of all rows, which have one width
 * @throws {BackendError} invalid_request
 */
export function readUniforms(
  tensor: EnvelopeTensor | undefined,
  parameters: GenerationParameters[],
): number[][][] {
  if (tensor === undefined) return parameters.map((row) => uniformNumbers(row));
  const [batch, width] = [parameters.length, searchWidth(parameters[0]!)];
  checkForm(tensor, { name: 'uniforms', datatype: LIST_INPUTS.uniforms.datatype, shape: [batch, width, -1] });
  const given = tensor.shape[2]!;
  const most = Math.max(...parameters.map(({ max_length }) => max_length - 1));
  if (given > most) {
    throw invalidRequest(`Input "uniforms" has numbers for ${given} steps; the rows take at most ${most}.`);
  }
  const numbers = readData(tensor, 'FP32');
  const foreign = numbers.findIndex((number) => !(number >= 0 && number < 1));
  if (foreign !== -1) {
    throw invalidRequest(`Input "uniforms", value ${foreign}: ${numbers[foreign]} is not in [0, 1).`);
  }
  return parameters.map((rowParameters, row) => {
    const steps = drawnSteps(rowParameters);
    if (steps > given) {
      throw invalidRequest(
        `Input "uniforms", row ${row} has numbers for ${given} steps; the row draws up to ${steps}.`,
      );
    }
    return Array.from({ length: width }, (_, hypothesis) => {
      const start = (row * width + hypothesis) * given;
      return numbers.slice(start, start + steps);
    });
  });
}
