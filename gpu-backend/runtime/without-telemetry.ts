// ONNX Runtime's builds for Linux and macOS, from 1.29 on, send their maker what they run and on which machine, and keep
// an id of the device in the user's cache. The switch is read once, when the library is loaded: import this before it.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
