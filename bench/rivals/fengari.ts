// Times fengari: Lua 5.3 written in JavaScript.
import fengariModule from 'fengari'
import { luaSource, type Rival, timeInside, versionOf } from './rival.js'

const { lauxlib, lua, lualib, to_luastring } = fengariModule
const KERNEL = 1

export function fengari(): Rival {
  return {
    name: `fengari ${versionOf('fengari')}`,
    isSlow: true,
    time(kernel, size) {
      const state = lauxlib.luaL_newstate()
      lualib.luaL_openlibs(state)
      const call = (args: number) => {
        if (lua.lua_pcall(state, args, 1, 0) === lua.LUA_OK) return
        throw new Error(lua.lua_tojsstring(state, -1))
      }
      lauxlib.luaL_loadstring(state, to_luastring(luaSource(kernel)))
      call(0)
      return timeInside(kernel, size, (n) => {
        lua.lua_pushvalue(state, KERNEL)
        lua.lua_pushinteger(state, n)
        call(1)
        const result = lua.lua_tointeger(state, -1)
        lua.lua_settop(state, KERNEL)
        return result
      })
    },
  }
}
