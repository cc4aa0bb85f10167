import shapes from './shapes.json' with { type: 'json' };

/** The size of a BlenderBot's network, by the name of its checkpoint. */
export type ShapeName = keyof typeof shapes;
export const SHAPE_NAMES = Object.keys(shapes) as ShapeName[];

export interface Shape {
  d_model: number;
  ffn: number;
  encoderLayers: number;
  decoderLayers: number;
  vocabulary: number;
}

export function shapeOf(name: ShapeName): Shape {
  const { d_model, ffn, layers, vocabulary } = shapes[name];
  return { d_model, ffn, encoderLayers: layers[0]!, decoderLayers: layers[1]!, vocabulary };
}
