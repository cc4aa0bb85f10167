/**
 * A server of the Open Inference Protocol v2 that shares no code with Tandem: MODEL_FOLDER NAME PORT. It runs the compiled graph in
 * ONNX Runtime and answers as Triton does: `parameters` that nobody asked for, tensors in an order of its own.
 */
import { createServer } from 'node:http';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [folder, name, port] = process.argv.slice(2);
const session = await InferenceSession.create(`${folder}/model.onnx`, {
  intraOpNumThreads: 1,
  logSeverityLevel: 4,
});

const ARRAYS = { INT64: (data) => BigInt64Array.from(data, BigInt), FP32: (data) => Float32Array.from(data) };
const TYPES = { INT64: 'int64', FP32: 'float32' };

const described = ({ name, type, shape }) => ({
  name,
  datatype: type === 'int64' ? 'INT64' : 'FP32',
  shape: shape.map((size) => (typeof size === 'number' ? size : -1)),
});
const INPUTS = session.inputMetadata.map(described);

/** What Triton says of a request before it runs. */
function refusal({ inputs }) {
  for (const { name, shape } of inputs) {
    const input = INPUTS.find((one) => one.name === name);
    if (input === undefined) return `unexpected inference input '${name}'`;
    if (input.shape.length !== shape.length) {
      return `unexpected shape for input '${name}': expected [${input.shape}], got [${shape}]`;
    }
  }
}

async function infer({ id, inputs }) {
  const feeds = Object.fromEntries(
    inputs.map(({ name, datatype, shape, data }) => [
      name,
      new Tensor(TYPES[datatype], ARRAYS[datatype](data), shape),
    ]),
  );
  const results = await session.run(feeds);
  return {
    id,
    model_name: name,
    model_version: '1',
    parameters: { sequence_id: 0, sequence_start: false, sequence_end: false },
    outputs: Object.keys(results)
      .sort()
      .map((output) => {
        const { type, dims, data } = results[output];
        const datatype = type === 'int64' ? 'INT64' : 'FP32';
        return { name: output, datatype, shape: dims, parameters: {}, data: Array.from(data, Number) };
      }),
  };
}

const server = createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(body));
  };
  if (request.url === `/v2/models/${name}/ready`) return answer(200);
  if (request.method === 'GET' && request.url === `/v2/models/${name}`) {
    const outputs = session.outputMetadata.map(described);
    return answer(200, { name, versions: ['1'], platform: 'onnxruntime_onnx', inputs: INPUTS, outputs });
  }
  if (request.method !== 'POST' || request.url !== `/v2/models/${name}/infer`) {
    return answer(400, { error: 'Request for unknown model.' });
  }
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    const asked = JSON.parse(Buffer.concat(chunks).toString());
    const error = refusal(asked);
    if (error !== undefined) return answer(400, { error });
    answer(200, await infer(asked));
  } catch (error) {
    answer(500, { error: String(error) });
  }
});
server.listen(Number(port), '127.0.0.1');
