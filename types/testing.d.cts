/// <reference lib="esnext.disposable" />
declare const x = 1;

export { x };
