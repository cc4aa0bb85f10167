import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * The part of ONNX's protobuf schema that the compiler writes, with the schema's field numbers.
 * Source: onnx/onnx.proto, IR version 10.
 */

/** ONNX's element types that the compiler uses, with `TensorProto.DataType` codes. */
export const ELEMENT_TYPE_CODES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
} as const;
export type ElementType = keyof typeof ELEMENT_TYPE_CODES;
/** What a network computes with. */
export type FloatingType = 'float32' | 'float16';

export const ELEMENT_BYTES: Record<ElementType, number> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
};

/** A number is a fixed size, a string names one that is only known at run time. */
export type Dimension = number | string;

export interface ValueInfo {
  name: string;
  type: ElementType;
  /** Absent where even the rank is left to the runtime. */
  shape?: Dimension[] | undefined;
}

/** Bytes in the model file, or a range of the external data file beside it. */
export type TensorData = Uint8Array | { location: string; offset: number; length: number };

export interface TensorMessage {
  name: string;
  type: ElementType;
  shape: number[];
  data: TensorData;
}

export type Attribute =
  | { int: number }
  | { float: number }
  | { string: string }
  | { ints: number[] }
  | { graph: GraphMessage };

export interface NodeMessage {
  name: string;
  opType: string;
  /** Empty for ONNX's own operators. */
  domain: string;
  /** An empty name is an optional input left out. */
  inputs: string[];
  outputs: string[];
  attributes: Record<string, Attribute>;
}

export interface GraphMessage {
  name: string;
  nodes: NodeMessage[];
  initializers: TensorMessage[];
  inputs: ValueInfo[];
  outputs: ValueInfo[];
}

export interface ModelMessage {
  producer: { name: string; version: string };
  opsets: Record<string, number>;
  graph: GraphMessage;
}

const IR_VERSION = 10;

/** The bytes of a `.onnx` file. The same message gives the same bytes. */
export function encodeModel(model: ModelMessage): Uint8Array {
  const out = new BinaryWriter();
  int(out, 1, IR_VERSION);
  string(out, 2, model.producer.name);
  string(out, 3, model.producer.version);
  message(out, 7, (graph) => writeGraph(graph, model.graph));
  for (const [domain, version] of Object.entries(model.opsets)) {
    message(out, 8, (opset) => {
      string(opset, 1, domain);
      int(opset, 2, version);
    });
  }
  return out.finish();
}

function writeGraph(out: BinaryWriter, graph: GraphMessage): void {
  for (const node of graph.nodes) message(out, 1, (inner) => writeNode(inner, node));
  string(out, 2, graph.name);
  for (const tensor of graph.initializers) message(out, 5, (inner) => writeTensor(inner, tensor));
  for (const value of graph.inputs) message(out, 11, (inner) => writeValueInfo(inner, value));
  for (const value of graph.outputs) message(out, 12, (inner) => writeValueInfo(inner, value));
}

function writeNode(out: BinaryWriter, node: NodeMessage): void {
  for (const input of node.inputs) string(out, 1, input);
  for (const output of node.outputs) string(out, 2, output);
  string(out, 3, node.name);
  string(out, 4, node.opType);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message(out, 5, (inner) => writeAttribute(inner, name, attribute));
  }
  if (node.domain !== '') string(out, 7, node.domain);
}

function writeAttribute(out: BinaryWriter, name: string, attribute: Attribute): void {
  const type = (code: number) => int(out, 20, code);
  string(out, 1, name);
  if ('float' in attribute) {
    out.tag(2, WireType.Bit32).float(attribute.float);
    type(1);
  } else if ('int' in attribute) {
    int(out, 3, attribute.int);
    type(2);
  } else if ('string' in attribute) {
    string(out, 4, attribute.string);
    type(3);
  } else if ('graph' in attribute) {
    message(out, 6, (graph) => writeGraph(graph, attribute.graph));
    type(5);
  } else {
    for (const value of attribute.ints) int(out, 8, value);
    type(7);
  }
}

function writeTensor(out: BinaryWriter, tensor: TensorMessage): void {
  for (const size of tensor.shape) int(out, 1, size);
  int(out, 2, ELEMENT_TYPE_CODES[tensor.type]);
  string(out, 8, tensor.name);
  if (tensor.data instanceof Uint8Array) {
    out.tag(9, WireType.LengthDelimited).bytes(tensor.data);
    return;
  }
  for (const [key, value] of Object.entries(tensor.data)) {
    message(out, 13, (entry) => {
      string(entry, 1, key);
      string(entry, 2, String(value));
    });
  }
  int(out, 14, 1);
}

function writeValueInfo(out: BinaryWriter, value: ValueInfo): void {
  string(out, 1, value.name);
  message(out, 2, (type) =>
    message(type, 1, (tensor) => {
      int(tensor, 1, ELEMENT_TYPE_CODES[value.type]);
      const { shape } = value;
      if (shape !== undefined) message(tensor, 2, (inner) => writeShape(inner, shape));
    }),
  );
}

function writeShape(out: BinaryWriter, shape: Dimension[]): void {
  for (const size of shape) {
    message(out, 1, (dimension) => {
      if (typeof size === 'number') int(dimension, 1, size);
      else string(dimension, 2, size);
    });
  }
}

function message(out: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void {
  out.tag(field, WireType.LengthDelimited).fork();
  write(out);
  out.join();
}

function string(out: BinaryWriter, field: number, value: string): void {
  out.tag(field, WireType.LengthDelimited).string(value);
}

function int(out: BinaryWriter, field: number, value: number): void {
  out.tag(field, WireType.Varint).int64(value);
}
