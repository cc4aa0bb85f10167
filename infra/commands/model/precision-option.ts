import { Option } from 'commander';
import { PRECISIONS } from '../../../gpu-backend/compiler/manifest.ts';
import { DEFAULT_PRECISION } from '../../local/compiled-model.ts';

export function precisionOption(description: string): Option {
  return new Option('--precision <precision>', `${description} (default: ${DEFAULT_PRECISION})`).choices(
    PRECISIONS,
  );
}
