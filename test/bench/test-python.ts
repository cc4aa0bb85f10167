/** Runs the Python tests with the bench's Python: the compiled graph in stock ONNX Runtime, the GPU script on a processor. */
import { spawnSync } from 'node:child_process';
import { findPython, inBench } from './environment.ts';

const python = await findPython(process.env['BENCH_PYTHON']);
const { status } = spawnSync(python, ['-m', 'unittest', '--verbose', 'test_gpu_generation'], {
  cwd: inBench('.'),
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
