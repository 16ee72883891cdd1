// The little of fengari's interface (Lua's own, with bytes for strings) that the bench calls.
declare module 'fengari' {
  interface State {
    readonly opaque: unique symbol
  }
  export const to_luastring: (text: string) => Uint8Array
  export const lauxlib: {
    luaL_newstate(): State
    luaL_loadstring(state: State, source: Uint8Array): number
  }
  export const lualib: { luaL_openlibs(state: State): void }
  export const lua: {
    readonly LUA_OK: number
    lua_pcall(state: State, args: number, results: number, handler: number): number
    lua_pushvalue(state: State, index: number): void
    lua_pushinteger(state: State, value: number): void
    lua_tointeger(state: State, index: number): number
    lua_tojsstring(state: State, index: number): string
    lua_settop(state: State, index: number): void
  }
}
