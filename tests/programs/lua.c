// SPDX-License-Identifier: MIT
// Lua runs a script that makes much garbage.

#include "libraries/lua.h"

#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>

#include "program.h"

static const char script[] =
    "local kept, sum = {}, 0\n"
    "for i = 1, 6000 do\n"
    "  local t = { name = 'item ' .. i, value = i, list = { i, i + 1 } }\n"
    "  kept[i % 300] = t\n"
    "  kept[#kept + 1] = function() return t.value end\n"
    "  if #kept > 500 then kept = { [0] = kept[0] } end\n"
    "  sum = sum + #t.name + t.list[2]\n"
    "end\n"
    "local co = coroutine.wrap(function()\n"
    "  for i = 1, 100 do coroutine.yield(('x'):rep(i)) end\n"
    "end)\n"
    "for i = 1, 100 do sum = sum + #co() end\n"
    "return sum\n";

// Opens the libraries, too, which may lack memory.
static int work(lua_State *lua)
{
    luaL_requiref(lua, "_G", luaopen_base, 1);
    luaL_requiref(lua, "string", luaopen_string, 1);
    luaL_requiref(lua, "coroutine", luaopen_coroutine, 1);
    if (luaL_loadstring(lua, script) != LUA_OK) {
        return lua_error(lua);
    }
    lua_call(lua, 0, 1);
    return 1;
}

static outcome run(void)
{
    lua_State *const lua = lua_newstate(reel_lua_alloc, &reel_malloc_heap);
    if (lua == NULL) {
        return FAILED;
    }
    lua_pushcfunction(lua, work);
    const int code = lua_pcall(lua, 0, 1, 0);
    const lua_Integer sum = lua_tointeger(lua, -1);
    lua_close(lua);
    if (code != LUA_OK) {
        return code == LUA_ERRMEM ? FAILED : WRONG;
    }
    return sum == 18066943 ? WORKED : WRONG;
}

const program the_program = { "Lua 5.4, a script", false, false, run };
