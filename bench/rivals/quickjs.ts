// Times quickjs-emscripten, an interpreter of JavaScript in WebAssembly, with the text of the JavaScript twins.
import { getQuickJS } from 'quickjs-emscripten'
import { type Rival, timeInside, versionOf } from './rival.js'

export async function quickjs(): Promise<Rival> {
  const quick = await getQuickJS()
  return {
    name: `quickjs-emscripten ${versionOf('quickjs-emscripten')}`,
    isSlow: true,
    time(kernel, size) {
      using context = quick.newContext()
      using twin = context.unwrapResult(context.evalCode(`(${kernel.twin.toString()})`))
      return timeInside(kernel, size, (n) => {
        using argument = context.newNumber(n)
        using result = context.unwrapResult(context.callFunction(twin, context.undefined, argument))
        return context.getNumber(result)
      })
    },
  }
}
