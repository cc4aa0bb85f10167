import configJson from 'tandem-model/config.json';
import generationConfigJson from 'tandem-model/generation_config.json';
import tokenizerJson from 'tandem-model/tokenizer.json';
import { type ModelConfig, parseModelConfig } from '../../shared/model-config.ts';
import { createTokenizer } from './tokenizer.ts';

// `tandem-model` is an alias of the served model's folder (see wrangler.toml). Built at module scope on
// purpose: a start may take a second of work, a request on the free plan has ten milliseconds.
export const tokenizer = createTokenizer(tokenizerJson);

export const modelConfig: ModelConfig = parseModelConfig(configJson, generationConfigJson);

if (tokenizer.family !== modelConfig.modelType)
  throw new Error(`The model is a ${modelConfig.modelType}, its tokenizer.json a ${tokenizer.family}'s.`);
