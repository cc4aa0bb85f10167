/** HEALTHCHECK's program: ends with 0 while the backend is ready to answer requests, with 1 and a reason otherwise. */
// Where there is a port for what watches, it speaks plain HTTP whatever the other one does.
const port = process.env['METRICS_PORT'] || process.env['BACKEND_PORT'] || '9000';

try {
  const { status } = await fetch(`http://127.0.0.1:${port}/v2/health/ready`);
  if (status !== 200) throw new Error(`answers ${status}`);
} catch (error) {
  console.error(`not ready: ${(error as Error).message}`);
  process.exitCode = 1;
}
