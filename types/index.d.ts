/// <reference lib="esnext.disposable" />
export { ErrorCode, Fault, FaultReason, IridiumError, Program, Stop } from './vm.js';
