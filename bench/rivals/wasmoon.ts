// Times wasmoon: Lua 5.4 in WebAssembly.
import { LuaFactory } from 'wasmoon'
import { luaSource, type Rival, timeInside, versionOf } from './rival.js'

export async function wasmoon(): Promise<Rival> {
  const engine = await new LuaFactory().createEngine()
  return {
    name: `wasmoon ${versionOf('wasmoon')}`,
    isSlow: false,
    time: (kernel, size) =>
      timeInside(kernel, size, engine.doStringSync(luaSource(kernel)) as (n: number) => number),
  }
}
