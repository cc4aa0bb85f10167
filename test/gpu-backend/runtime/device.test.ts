import { describe, expect, it } from 'vitest';
import { cudaIndex, readDevices } from '../../../gpu-backend/runtime/device.ts';

describe('readDevices', () => {
  it.each([
    ['cpu', ['cpu']],
    ['cuda', ['cuda:0']],
    ['cuda:1, cuda:0', ['cuda:1', 'cuda:0']],
    ['cpu,cuda:07', ['cpu', 'cuda:7']],
  ])('reads %j', (list, devices) => {
    expect(readDevices(list)).toEqual(devices);
  });

  it.each(['', 'gpu', 'cuda:', 'cuda:-1', 'cuda:1234', 'cpu:0', 'cpu,', 'CUDA'])('refuses %j', (list) => {
    expect(() => readDevices(list)).toThrow('is no device; write cpu, cuda or a list such as cuda:0,cuda:1.');
  });

  it('refuses a device that is named twice, also by another name', () => {
    expect(() => readDevices('cuda,cuda:0')).toThrow('cuda:0 is named twice');
  });
});

describe('cudaIndex', () => {
  it('is the number of a GPU, and none for the processor', () => {
    expect([cudaIndex('cuda:12'), cudaIndex('cpu')]).toEqual([12, undefined]);
  });
});
