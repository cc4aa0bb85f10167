import { Option } from 'commander';
import { PRECISIONS } from '../../../gpu-backend/compiler/manifest.ts';
import { PRECISION_NOTES } from '../../../gpu-backend/compiler/weights/default-precision.ts';

export function precisionOption(description: string): Option {
  return new Option('--precision <precision>', `${description} (default: by target and size)`).choices(
    PRECISIONS,
  );
}

export function precisionNotes(): string {
  const notes = Object.entries(PRECISION_NOTES).map(([precision, note]) => `  ${precision}  ${note}`);
  return `\nPrecisions:\n${notes.join('\n')}\nModels of less than 50 million weights stay fp32 on a processor.`;
}
